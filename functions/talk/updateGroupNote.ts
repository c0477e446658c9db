import * as z from 'zod';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { changeGroupNote } from '../../shared/flows/talk/changeGroupNote.ts';
import { http } from '../../shared/function.ts';
import { GroupId } from '../../shared/schemas/base.ts';
import { GroupView } from '../../shared/schemas/talk/group.ts';

/** Mutes a group for the caller, or lets it speak again, and records that they have read its topics by now. */
export const updateGroupNote = http(
  {
    route: 'PATCH /api/groups/{id}/note',
    auth: 'member',
    input: z.strictObject({
      id: GroupId,
      isMuted: z.boolean().optional(),
      isRead: z.literal(true).optional(),
    }),
    output: z.object({ group: GroupView }),
    errors: ['feature.off', 'group.not_found'],
  },
  async ({ input: { id, isMuted, isRead }, user, now, ports }) => {
    needFeature(ports.settings.talk, 'groups', 'read');
    const change = {
      ...(isMuted === undefined ? {} : { isMuted }),
      ...(isRead === undefined ? {} : { lastReadAtMs: now }),
    };
    const of = { groupId: id, userId: user.id, now };
    return { group: await changeGroupNote(ports, { ...of, change }) };
  },
);
