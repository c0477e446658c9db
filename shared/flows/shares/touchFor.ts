import * as users from '../../data/identity/users.ts';
import * as touches from '../../data/shares/touches.ts';
import { countsFor, isFresh, keptTouch } from '../../domain/shares/share.ts';
import type { Tx } from '../../ports/database.ts';
import type { Settings } from '../../ports/settings.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { OrderTouch } from '../../schemas/shares/share.ts';

/**
 * What an order that is placed now keeps of its buyer's touch: null when they came by no link, too long ago, or by that
 * of somebody whose links do not count any more. Who comes or is banned at that very moment changes nothing here.
 */
export async function touchFor(
  tx: Tx,
  { talk }: Pick<Settings, 'talk'>,
  userId: UserId,
  now: TimeMs,
): Promise<OrderTouch | null> {
  if (talk.shares !== 'on') return null;
  const reader = { find: tx.peek.bind(tx) };
  const touch = await touches.find(reader, userId);
  if (touch === null || !isFresh(touch, talk.touchDays, now)) return null;
  const sharer = await users.find(reader, touch.sharerId);
  return countsFor(sharer, userId) ? keptTouch(touch) : null;
}
