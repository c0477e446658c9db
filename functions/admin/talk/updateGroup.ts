import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as groups from '../../../shared/data/talk/groups.ts';
import { rewriteGroup } from '../../../shared/domain/talk/group.ts';
import { refuseUnknownUsers } from '../../../shared/flows/identity/refuseUnknownUsers.ts';
import { http } from '../../../shared/function.ts';
import { GroupId } from '../../../shared/schemas/base.ts';
import { SeenVersion } from '../../../shared/schemas/pricing/promotion.ts';
import { GroupWritten, StaffGroupView } from '../../../shared/schemas/talk/group.ts';

/**
 * Replaces the texts and the people of a group, also of a published one, at once. Its kind and its product stay.
 *
 * `expectedVersion` is the version that the caller saw. Repeating the very same change gives the same answer as the
 * first time.
 */
export const updateGroup = http(
  {
    route: 'PUT /api/admin/groups/{id}',
    auth: { may: 'group.manage' },
    input: GroupWritten.extend({ id: GroupId, expectedVersion: SeenVersion }),
    output: z.object({ group: StaffGroupView }),
    errors: ['group.not_found', 'group.ended', 'group.version_changed', 'user.not_found'],
  },
  async ({ input: { id, expectedVersion, ...written }, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    const group = await ports.database.tx(async (tx) => {
      const before = await groups.get(tx, id);
      const after = rewriteGroup(before, { expectedVersion, written }, now);
      if (after === before) return before;
      const known = new Set([...before.teachers, ...before.assistants]);
      const added = [...written.teachers, ...written.assistants].filter((each) => !known.has(each));
      await refuseUnknownUsers(tx, added);
      await groups.save(tx, before, after);
      await audit.append(tx, {
        ...{ id: auditId, actorId: user.id, action: 'group.update', target: id, reason: null },
        ...{ before, after, now, requestId },
      });
      return after;
    });
    return { group };
  },
);
