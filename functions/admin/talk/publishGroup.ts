import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as groups from '../../../shared/data/talk/groups.ts';
import { publishGroup as published } from '../../../shared/domain/talk/group.ts';
import { http } from '../../../shared/function.ts';
import { GroupId } from '../../../shared/schemas/base.ts';
import { SeenVersion } from '../../../shared/schemas/pricing/promotion.ts';
import { StaffGroupView } from '../../../shared/schemas/talk/group.ts';

/** Publishes a group, so that its members see it. Publishing it again changes nothing. */
export const publishGroup = http(
  {
    route: 'POST /api/admin/groups/{id}/publish',
    auth: { may: 'group.manage' },
    input: z.strictObject({ id: GroupId, expectedVersion: SeenVersion }),
    output: z.object({ group: StaffGroupView }),
    errors: ['group.not_found', 'group.ended', 'group.version_changed'],
  },
  async ({ input: { id, expectedVersion }, user, now, ports, requestId }) => {
    const group = await ports.database.tx(async (tx) => {
      const before = await groups.get(tx, id);
      const after = published(before, expectedVersion, now);
      if (after === before) return before;
      await groups.save(tx, before, after);
      await audit.append(tx, {
        ...{ id: `group.publish:${id}`, actorId: user.id, action: 'group.publish', target: id, reason: null },
        ...{ before, after, now, requestId },
      });
      return after;
    });
    return { group };
  },
);
