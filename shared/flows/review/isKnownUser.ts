import * as users from '../../data/identity/users.ts';
import * as writers from '../../data/review/writers.ts';
import { trustOf } from '../../domain/review/trust.ts';
import type { Tx } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';

/**
 * Whether somebody is more than a name that was made a minute ago: they have bound a phone number, or what they wrote
 * has made them trusted. What is given once to each person asks this.
 */
export async function isKnownUser(tx: Tx, userId: UserId, now: TimeMs): Promise<boolean> {
  const { phoneDigest, createdAtMs, role } = await users.get(tx, userId);
  if (phoneDigest !== null) return true;
  const writer = await writers.find(tx, userId);
  return writer !== null && trustOf(writer, { createdAtMs, isStaff: role !== 'learner' }, now) > 0;
}
