/** The rules of invitations: who can name an inviter, and until when. */
import { fail } from '../../errors.ts';
import { DAY_MS, type TimeMs } from '../../schemas/base.ts';
import type { Invitation } from '../../schemas/identity/invitation.ts';
import type { User } from '../../schemas/identity/user.ts';

/** How long after registering a user can name their inviter: 7 days. */
export const INVITED_MS = 7 * DAY_MS;

/**
 * The invitation of a new user. The inviter must have registered earlier. So nobody can invite themselves, and
 * invitations form no circle.
 * @throws invitation.not_allowed with the `reason`: `yourself`, `too_late`, `inviter_is_newer`
 */
export function invite(invited: User, inviter: User, now: TimeMs): Invitation {
  const refuse = (reason: string) => fail('invitation.not_allowed', { params: { reason } });
  if (invited.id === inviter.id) throw refuse('yourself');
  if (now >= invited.createdAtMs + INVITED_MS) throw refuse('too_late');
  if (inviter.createdAtMs >= invited.createdAtMs) throw refuse('inviter_is_newer');
  const { id } = invited;
  const nothing = { orderId: null, isUndone: false, promised: 0, dueAtMs: null };
  return { id, inviterId: inviter.id, ...nothing, createdAtMs: now, updatedAtMs: now };
}
