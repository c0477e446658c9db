import * as coupons from '../../data/coupons/coupons.ts';
import * as cases from '../../data/operations/cases.ts';
import * as orders from '../../data/orders/orders.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import * as tasks from '../../data/tasks.ts';
import { returnCoupon } from '../../domain/coupons/coupon.ts';
import {
  advanceRefund,
  afterClosedRefund,
  afterRefund,
  isAllBack,
  isSameAtRail,
  pointsMoved,
  succeeded,
} from '../../domain/refunds/refund.ts';
import { refundCase } from '../../domain/refunds/refundCase.ts';
import type { Refusal } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { RefundNews } from '../../ports/rail.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';
import { restoreSource } from '../access/grantAccess.ts';
import { bookRefund } from '../books/books.ts';
import { clawBackPoints, returnPoints } from '../points/pointsMoves.ts';
import { undoFriendReward } from '../points/pointsRewards.ts';
import { noteSale } from '../shares/noteSale.ts';

/** The states in which, by our books, the rail cannot have given money back. */
const NEVER_MADE: readonly Refund['state'][] = ['requested', 'rejected', 'closed'];

/**
 * Records the rail's news of a refund that is in our books. Old and repeated news change nothing. When the money is
 * back, everything that goes with it follows. When the rail has closed the refund, the access is given again. A
 * refund that did not return the money becomes a case.
 *
 * Returns `unknown` when the news does not fit our books: no such refund, another amount, another transaction, or
 * money returned for a refund that was never approved or is closed. `hearOfRefund` handles those.
 */
export async function settleRefund(
  tx: Tx,
  news: RefundNews,
  now: TimeMs,
): Promise<'advanced' | 'unchanged' | 'unknown'> {
  const refund = await refunds.find(tx, news.refundId);
  if (refund === null || !isSameAtRail(refund, news)) return 'unknown';
  if (news.state === 'success' && NEVER_MADE.includes(refund.state)) return 'unknown';
  const advanced = advanceRefund(refund, news.state, now);
  if (advanced === null) return 'unchanged';
  await saveAdvanced(tx, refund, advanced, now, { refusal: news.refusal });
  return 'advanced';
}

/**
 * Stores an advanced refund and everything that follows from it, and returns the stored refund. `refusal` is the
 * platform's answer when it refused. `isTold`: staff get a case when the money was not returned.
 */
export async function saveAdvanced(
  tx: Tx,
  before: Refund,
  refund: Refund,
  now: TimeMs,
  { refusal, isTold = true }: { readonly refusal?: Refusal | undefined; readonly isTold?: boolean } = {},
): Promise<Refund> {
  const settled = refund.state === 'success' ? await putBack(tx, refund, now) : refund;
  await refunds.save(tx, before, settled);
  await bookRefund(tx, settled, now);
  if (refund.state === 'closed') await giveAgain(tx, refund, now);
  const opened = isTold ? refundCase(refund, refusal) : null;
  if (opened !== null) await cases.open(tx, opened, now);
  return settled;
}

/**
 * Updates the order after the money went back: returns and takes points, returns the coupon of a full refund, and tells
 * of it. News of a refund come from many places, so its own id stands for the request's.
 */
async function putBack(tx: Tx, refund: Refund, now: TimeMs): Promise<Refund> {
  if (refund.lines.length === 0) return refund;
  const { orderId, id: refundId } = refund;
  const before = await orders.get(tx, orderId);
  const { userId } = before;
  const after = afterRefund(before, refund, now);
  const { returned, taken } = pointsMoved(before, after);
  await orders.save(tx, before, after);
  await noteSale(tx, after, now);
  if (returned > 0) await returnPoints(tx, { orderId, refundId, userId, count: returned, now });
  if (taken > 0) await clawBackPoints(tx, { orderId, refundId, userId, count: taken, now });
  if (after.refundedFen === after.payableFen) await undoFriendReward(tx, { orderId, userId, now });
  if (after.couponId !== null && isAllBack(after)) {
    const coupon = await coupons.get(tx, after.couponId);
    if (coupon.orderId === orderId) await coupons.save(tx, coupon, returnCoupon(coupon, { orderId, now }));
  }
  await tasks.append(tx, succeeded(refund, before, now), { now, requestId: refundId });
  return { ...refund, pointsReturned: returned, pointsTaken: taken };
}

/** The rail has kept the money, so the buyer gets the access again. */
async function giveAgain(tx: Tx, refund: Refund, now: TimeMs): Promise<void> {
  if (refund.lines.length === 0) return;
  const before = await orders.get(tx, refund.orderId);
  const after = afterClosedRefund(before, refund, now);
  await orders.save(tx, before, after);
  const again = before.revoked.filter((id) => !after.revoked.includes(id));
  const lines = after.lines.filter(({ productId }) => again.includes(productId));
  await restoreSource(tx, { userId: before.userId, lines, sourceId: refund.orderId, now });
}
