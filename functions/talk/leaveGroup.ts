import * as z from 'zod';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { changeGroupNote } from '../../shared/flows/talk/changeGroupNote.ts';
import { http } from '../../shared/function.ts';
import { GroupId } from '../../shared/schemas/base.ts';
import { GroupView } from '../../shared/schemas/talk/group.ts';

/** Leaves an open group, whose topics are then closed to the caller. What they wrote stays. Safe to repeat. */
export const leaveGroup = http(
  {
    route: 'POST /api/groups/{id}/leave',
    auth: 'member',
    input: z.strictObject({ id: GroupId }),
    output: z.object({ group: GroupView }),
    errors: ['feature.off', 'group.not_found', 'group.not_open'],
  },
  async ({ input: { id }, user, now, ports }) => {
    needFeature(ports.settings.talk, 'groups', 'read');
    const of = { groupId: id, userId: user.id, now };
    const change = { hasJoined: false };
    return { group: await changeGroupNote(ports, { ...of, change }) };
  },
);
