import * as users from '../../data/identity/users.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';

/**
 * Writes down, once, that a user has something of worth. It belongs into the transaction that gives an order, access
 * or a coupon. So of two that happen at once, one sees the other: either the user is not taken over, because they have
 * something, or nothing is given, because they are nobody any more.
 *
 * @throws auth.required when another user has taken this one over: the session that asks has ended with it
 */
export async function noteOwner(tx: Tx, userId: UserId, now: TimeMs): Promise<void> {
  const user = await users.find(tx, userId);
  if (user === null) return;
  if (user.takenOverBy !== null) throw fail('auth.required', { detail: `is ${user.takenOverBy} now` });
  if (!user.isOwner) await users.save(tx, { ...user, isOwner: true, updatedAtMs: now });
}
