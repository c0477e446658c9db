import * as coupons from '../../data/coupons/coupons.ts';
import * as cases from '../../data/operations/cases.ts';
import * as orders from '../../data/orders/orders.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import { returnCoupon } from '../../domain/coupons/coupon.ts';
import {
  advanceRefund,
  afterClosedRefund,
  afterRefund,
  isAllBack,
  isSameAtRail,
  pointsMoved,
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

/** In these states the rail cannot have given the money back, as far as our books know. */
const NEVER_MADE: readonly Refund['state'][] = ['requested', 'rejected', 'closed'];

/**
 * Writes down what a rail says of a refund that our books have. Old news and repeats change nothing. Once the money is
 * back, so is everything that goes with it. When the rail has ended the refund, what was taken is given again. What did
 * not give the money back is put before staff.
 *
 * Answers `unknown` for what our books do not have: no such refund, another amount, another transaction, or money that
 * is back of a refund that was never approved here, or is closed. `hearOfRefund` takes those over.
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
  await saveAdvanced(tx, advanced, now, { refusal: news.refusal });
  return 'advanced';
}

/**
 * Stores a refund that has got further, and all that follows from it; answers it as it is stored. `refusal` is what the
 * platform said, where that is why; `isTold` is whether staff hear of one that did not give the money back.
 */
export async function saveAdvanced(
  tx: Tx,
  refund: Refund,
  now: TimeMs,
  { refusal, isTold = true }: { readonly refusal?: Refusal | undefined; readonly isTold?: boolean } = {},
): Promise<Refund> {
  const settled = refund.state === 'success' ? await putBack(tx, refund, now) : refund;
  await refunds.save(tx, settled);
  await bookRefund(tx, settled, now);
  if (refund.state === 'closed') await giveAgain(tx, refund, now);
  const opened = isTold ? refundCase(refund, refusal) : null;
  if (opened !== null) await cases.open(tx, opened, now);
  return settled;
}

/** What goes with the money: points both ways, and the coupon when everything has gone back. */
async function putBack(tx: Tx, refund: Refund, now: TimeMs): Promise<Refund> {
  if (refund.lines.length === 0) return refund;
  const { orderId, id: refundId } = refund;
  const before = await orders.get(tx, orderId);
  const { userId } = before;
  const after = afterRefund(before, refund, now);
  const { returned, taken } = pointsMoved(before, after);
  await orders.save(tx, after);
  if (returned > 0) await returnPoints(tx, { orderId, refundId, userId, count: returned, now });
  if (taken > 0) await clawBackPoints(tx, { orderId, refundId, userId, count: taken, now });
  if (after.refundedFen === after.payableFen) await undoFriendReward(tx, { orderId, userId, now });
  if (after.couponId !== null && isAllBack(after)) {
    const coupon = await coupons.get(tx, after.couponId);
    if (coupon.orderId === orderId) await coupons.save(tx, returnCoupon(coupon, { orderId, now }));
  }
  return { ...refund, pointsReturned: returned, pointsTaken: taken };
}

/** The rail has kept the money: the buyer has what was bought again. */
async function giveAgain(tx: Tx, refund: Refund, now: TimeMs): Promise<void> {
  if (refund.lines.length === 0) return;
  const before = await orders.get(tx, refund.orderId);
  const after = afterClosedRefund(before, refund, now);
  await orders.save(tx, after);
  const again = before.revoked.filter((id) => !after.revoked.includes(id));
  const lines = after.lines.filter(({ productId }) => again.includes(productId));
  await restoreSource(tx, { userId: before.userId, lines, sourceId: refund.orderId, now });
}
