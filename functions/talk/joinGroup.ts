import * as z from 'zod';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { changeGroupNote } from '../../shared/flows/talk/changeGroupNote.ts';
import { http } from '../../shared/function.ts';
import { GroupId } from '../../shared/schemas/base.ts';
import { GroupView } from '../../shared/schemas/talk/group.ts';

/** Joins an open group. Joining it again changes nothing. */
export const joinGroup = http(
  {
    route: 'POST /api/groups/{id}/join',
    auth: 'member',
    input: z.strictObject({ id: GroupId }),
    output: z.object({ group: GroupView }),
    errors: ['feature.off', 'group.not_found', 'group.not_open'],
  },
  async ({ input: { id }, user, now, ports }) => {
    needFeature(ports.settings.talk, 'groups', 'read');
    const of = { groupId: id, userId: user.id, now };
    const change = { hasJoined: true };
    return { group: await changeGroupNote(ports, { ...of, change }) };
  },
);
