import * as users from '../../data/identity/users.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';

/**
 * Records once that a user has something of value. It must run in the transaction that gives an order, access or a
 * coupon. That transaction then conflicts with a concurrent takeover of the user: either the user is not taken over
 * because they have something, or nothing is given because they were taken over.
 * @throws auth.required when the user was taken over; their sessions have ended
 */
export async function noteOwner(tx: Tx, userId: UserId, now: TimeMs): Promise<void> {
  const user = await users.find(tx, userId);
  if (user === null) return;
  if (user.takenOverBy !== null) throw fail('auth.required', { detail: `is ${user.takenOverBy} now` });
  if (!user.isOwner) await users.save(tx, user, { ...user, isOwner: true, updatedAtMs: now });
}
