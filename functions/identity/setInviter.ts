import * as z from 'zod';
import * as invitations from '../../shared/data/identity/invitations.ts';
import * as users from '../../shared/data/identity/users.ts';
import { invite } from '../../shared/domain/identity/invitation.ts';
import { fail } from '../../shared/errors.ts';
import { http } from '../../shared/function.ts';
import { MINUTE_MS, UserId } from '../../shared/schemas/base.ts';
import { InvitationView } from '../../shared/schemas/identity/invitation.ts';

/**
 * Records who invited the caller. Possible once, within a week of registering.
 *
 * The inviter earns points when the caller first pays for something. Repeating the same inviter gives the same answer
 * as the first time; another inviter is refused.
 */
export const setInviter = http(
  {
    route: 'POST /api/me/inviter',
    auth: 'member',
    input: z.strictObject({ inviterId: UserId }),
    output: z.object({ invitation: InvitationView }),
    errors: ['user.not_found', 'invitation.not_allowed', 'invitation.taken'],
    limit: { max: 10, windowMs: MINUTE_MS },
  },
  async ({ input: { inviterId }, user, now, ports }) => {
    const inviter = await users.get(ports.database, inviterId);
    const invited = await users.get(ports.database, user.id);
    const invitation = await ports.database.tx(async (tx) => {
      const before = await invitations.find(tx, user.id);
      if (before !== null && before.inviterId !== inviterId) throw fail('invitation.taken');
      if (before !== null) return before;
      const made = invite(invited, inviter, now);
      await invitations.insert(tx, made);
      return made;
    });
    return { invitation };
  },
);
