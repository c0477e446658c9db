/**
 * The rules of points that an order is paid with, beside money.
 *
 *   (none) ── hold ──▶ held ── spend ──▶ spent          (refunds give back what was spent, bit by bit)
 *                      │  ▲                             (priced anew, it holds on to less)
 *              release ▼  │ hold                        (money came late)
 *                     released
 */
import { type OrderId, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { PointsCause, PointsHold, PointsLot } from '../../schemas/points/points.ts';
import { credit, debit, type PointsBook, type PointsReason, takeHeld } from './points.ts';
import { graceUntilMs, sumOf, takeLots } from './pointsLots.ts';

/** A book, and the hold that goes with it. */
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
 * Takes points for an order, soonest end first. `before` is what the order has held and given back, or null.
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

/** Gives back what an order holds, to where it came from; what has ended meanwhile is written off: holding prolongs nothing. */
export function releaseHold(book: PointsBook, hold: PointsHold, now: TimeMs): HeldBook {
  refuseUnless(hold, 'held');
  return {
    book: giveBack(book, hold, hold.lots, now),
    hold: { ...hold, state: 'released', updatedAtMs: now },
  };
}

/** Gives back all but `count`, at least 1, of what an order holds, what ends last first: what it keeps was promised to it. */
export function shrinkHold(book: PointsBook, hold: PointsHold, count: number, now: TimeMs): HeldBook {
  refuseUnless(hold, 'held');
  const { taken: lots, left } = takeLots(hold.lots, count);
  const number = hold.number + 1;
  return { book: giveBack(book, hold, left, now), hold: { ...hold, number, count, lots, updatedAtMs: now } };
}

/**
 * The book with held lots back. What has ended pays no debt, and by the clock that wrote last: another one may have
 * written off already what ours says is still good, and a lot is written off once.
 */
function giveBack(book: PointsBook, hold: PointsHold, lots: readonly PointsLot[], now: TimeMs): PointsBook {
  const atMs = Math.max(now, book.account.updatedAtMs);
  const good = lots.filter(({ expiresAtMs }) => expiresAtMs > atMs);
  const ended = sumOf(lots) - sumOf(good);
  const back =
    good.length === 0 ? book : credit(book, reason(hold, 'release'), { from: 'held', lots: good, now });
  return ended === 0 ? back : takeHeld(back, reason(hold, 'expire'), { to: 'expired', count: ended, now });
}

/** Spends what an order holds, also what has ended meanwhile: the price was promised. */
export function spendHold(book: PointsBook, hold: PointsHold, now: TimeMs): HeldBook {
  refuseUnless(hold, 'held');
  return {
    book: takeHeld(book, reason(hold, 'spend'), { to: 'redeemed', count: hold.count, now }),
    hold: { ...hold, state: 'spent', updatedAtMs: now },
  };
}

/**
 * Gives back points that an order has spent, those that end last first: each ends when it would have ended, but some
 * days from now at the soonest.
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
