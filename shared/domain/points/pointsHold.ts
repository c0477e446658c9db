/**
 * The rules of points that pay for part of an order.
 *
 *   (none) ── hold ──▶ held ── spend ──▶ spent          (refunds give back what was spent, bit by bit)
 *                      │  ▲                             (when priced anew, it keeps fewer points)
 *              release ▼  │ hold                        (money came late)
 *                     released
 */
import { type OrderId, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { PointsCause, PointsHold, PointsLot } from '../../schemas/points/points.ts';
import { credit, debit, type PointsBook, type PointsReason, takeHeld } from './points.ts';
import { graceUntilMs, sumOf, takeLots } from './pointsLots.ts';

/** A book and the hold that belongs to it. */
export interface HeldBook {
  readonly book: PointsBook;
  readonly hold: PointsHold;
}

function reason(hold: Pick<PointsHold, 'id' | 'number'>, cause: PointsCause): PointsReason {
  return { id: `${hold.id}:${cause}:${hold.number}`, cause, orderId: hold.id, reason: null };
}

function refuseUnless(hold: PointsHold, state: PointsHold['state']): void {
  if (hold.state !== state) throw new Error(`the points of ${hold.id} are ${hold.state}, not ${state}`);
}

/**
 * Takes points for an order, those that expire first before others. `before` is the order's released hold, or null.
 * @throws points.not_enough
 */
export function holdFor(
  book: PointsBook,
  before: PointsHold | null,
  asked: { readonly orderId: OrderId; readonly count: number; readonly now: TimeMs },
): HeldBook {
  const { orderId, count, now } = asked;
  if (before !== null) refuseUnless(before, 'released');
  const number = (before?.number ?? 0) + 1;
  const after = debit(book, reason({ id: orderId, number }, 'hold'), { to: 'held', count, now });
  const { id: userId } = book.account;
  const hold = { id: orderId, userId, number, count, lots: [...after.taken], returned: 0, updatedAtMs: now };
  return { book: after.book, hold: { ...hold, state: 'held' } };
}

/**
 * Releases the points an order holds, back to their lots. Points that expired meanwhile are written off, so holding
 * prolongs nothing.
 */
export function releaseHold(book: PointsBook, hold: PointsHold, now: TimeMs): HeldBook {
  refuseUnless(hold, 'held');
  return {
    book: giveBack(book, hold, hold.lots, now),
    hold: { ...hold, state: 'released', updatedAtMs: now },
  };
}

/**
 * Releases all but `count` (at least 1) of the points an order holds. The points that expire last go back first; the
 * order keeps those that expire first.
 */
export function shrinkHold(book: PointsBook, hold: PointsHold, count: number, now: TimeMs): HeldBook {
  refuseUnless(hold, 'held');
  const { taken: lots, left } = takeLots(hold.lots, count);
  const number = hold.number + 1;
  return { book: giveBack(book, hold, left, now), hold: { ...hold, number, count, lots, updatedAtMs: now } };
}

/**
 * The book with held lots given back. Expired points are written off and pay no debt. The time used is the later of
 * `now` and the account's last write, because another machine's clock may have written off a lot that ours still
 * considers valid. A lot is written off only once.
 */
function giveBack(book: PointsBook, hold: PointsHold, lots: readonly PointsLot[], now: TimeMs): PointsBook {
  const atMs = Math.max(now, book.account.updatedAtMs);
  const good = lots.filter(({ expiresAtMs }) => expiresAtMs > atMs);
  const ended = sumOf(lots) - sumOf(good);
  const back =
    good.length === 0 ? book : credit(book, reason(hold, 'release'), { from: 'held', lots: good, now });
  return ended === 0 ? back : takeHeld(back, reason(hold, 'expire'), { to: 'expired', count: ended, now });
}

/** Spends the points an order holds, even those that expired meanwhile, because the price was promised. */
export function spendHold(book: PointsBook, hold: PointsHold, now: TimeMs): HeldBook {
  refuseUnless(hold, 'held');
  return {
    book: takeHeld(book, reason(hold, 'spend'), { to: 'redeemed', count: hold.count, now }),
    hold: { ...hold, state: 'spent', updatedAtMs: now },
  };
}

/**
 * Gives back points that an order has spent, those that expire last first. Each lot keeps its old end, but is valid
 * for at least GRACE_DAYS days.
 */
export function returnSpent(
  book: PointsBook,
  hold: PointsHold,
  asked: { readonly refundId: string; readonly count: number; readonly now: TimeMs },
): HeldBook {
  const { refundId, count, now } = asked;
  refuseUnless(hold, 'spent');
  const returned = hold.returned + count;
  if (returned > hold.count)
    throw new RangeError(`${hold.id} spent ${hold.count} points, ${returned} are to go back`);
  const why = { id: `${refundId}:return`, cause: 'refund_return', orderId: hold.id, reason: null } as const;
  const { taken: spent } = takeLots(hold.lots, hold.count - hold.returned);
  const { left: back } = takeLots(spent, hold.count - returned);
  const lots = back.map(({ expiresAtMs, remaining }) => {
    return { expiresAtMs: timeMs(Math.max(graceUntilMs(now), expiresAtMs)), remaining };
  });
  return {
    book: credit(book, why, { from: 'redeemed', lots, now }),
    hold: { ...hold, returned, updatedAtMs: now },
  };
}
