/**
 * The rules of points that an order is paid with, beside money.
 *
 *   (none) ── hold ──▶ held ── spend ──▶ spent          (refunds give back what was spent, bit by bit)
 *                      │  ▲
 *              release ▼  │ hold                        (priced anew, or money came late)
 *                     released
 */
import { type OrderId, type TimeMs, timeMs } from '../schemas/base.ts';
import type { PointsCause, PointsHold } from '../schemas/points.ts';
import { credit, debit, type PointsBook, type PointsReason, spendHeld } from './points.ts';
import { graceUntilMs, sumOf } from './pointsLots.ts';

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
  const back = credit(book, reason(hold, 'release'), { from: 'held', lots: hold.lots, now });
  const ended = sumOf(back.account.lots.filter(({ expiresAtMs }) => expiresAtMs <= now));
  return {
    book: ended > 0 ? debit(back, reason(hold, 'expire'), { to: 'expired', count: ended, now }).book : back,
    hold: { ...hold, state: 'released', updatedAtMs: now },
  };
}

/** Spends what an order holds, also what has ended meanwhile: the price was promised. */
export function spendHold(book: PointsBook, hold: PointsHold, now: TimeMs): HeldBook {
  refuseUnless(hold, 'held');
  return {
    book: spendHeld(book, reason(hold, 'spend'), hold.count, now),
    hold: { ...hold, state: 'spent', updatedAtMs: now },
  };
}

/** Gives back points that an order has spent: all of them end when the last of the order's would have, or some days from now. */
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
  const lastEndMs = Math.max(graceUntilMs(now), ...hold.lots.map(({ expiresAtMs }) => expiresAtMs));
  const lots = [{ expiresAtMs: timeMs(lastEndMs), remaining: count }];
  return {
    book: credit(book, why, { from: 'redeemed', lots, now }),
    hold: { ...hold, returned, updatedAtMs: now },
  };
}
