import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as groups from '../../../shared/data/talk/groups.ts';
import { endGroup as ended } from '../../../shared/domain/talk/group.ts';
import { http } from '../../../shared/function.ts';
import { GroupId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { StaffGroupView } from '../../../shared/schemas/talk/group.ts';

/**
 * Ends a group for good: nobody but staff sees it or its topics any more. What somebody wrote stays theirs to see and
 * to delete. Safe to repeat.
 */
export const endGroup = http(
  {
    route: 'POST /api/admin/groups/{id}/end',
    auth: { may: 'group.manage' },
    input: z.strictObject({ id: GroupId, reason: Reason }),
    output: z.object({ group: StaffGroupView }),
    errors: ['group.not_found'],
  },
  async ({ input: { id, reason }, user, now, ports, requestId }) => {
    const group = await ports.database.tx(async (tx) => {
      const before = await groups.get(tx, id);
      const after = ended(before, now);
      if (after === before) return before;
      await groups.save(tx, before, after);
      await audit.append(tx, {
        ...{ id: `group.end:${id}`, actorId: user.id, action: 'group.end', target: id, reason },
        ...{ before, after, now, requestId },
      });
      return after;
    });
    return { group };
  },
);
