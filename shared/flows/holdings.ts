/** Reading and writing an order together with what it holds. */
import * as coupons from '../data/coupons.ts';
import * as orders from '../data/orders.ts';
import * as payments from '../data/payments.ts';
import * as products from '../data/products.ts';
import { type Holding, isCouponFree } from '../domain/holding.ts';
import { pointsOf } from '../domain/order.ts';
import type { Tx } from '../ports.ts';
import type { TimeMs } from '../schemas/base.ts';
import type { Order } from '../schemas/order.ts';
import { bookPaid } from './books.ts';
import { ownedAmong } from './ownedAmong.ts';
import { holdPoints, releasePoints, retakePoints, spendHeldPoints } from './pointsMoves.ts';

/** The payment and the coupon that go with an order which this transaction has read. */
export async function holdingOf(tx: Tx, order: Order): Promise<Holding> {
  return {
    order,
    payment: await payments.get(tx, order.id),
    coupon: order.couponId === null ? null : await coupons.get(tx, order.couponId),
  };
}

/**
 * Stores a new order and takes what it holds: its coupon, its points, its places in flash sales.
 * @throws points.not_enough, product.sold_out
 */
export async function insertHolding(tx: Tx, placed: Holding, now: TimeMs): Promise<void> {
  const { order, payment, coupon } = placed;
  const { id: orderId, userId } = order;
  await orders.insert(tx, order);
  await payments.insert(tx, payment);
  if (coupon !== null) await coupons.save(tx, coupon);
  const count = pointsOf(order);
  if (count > 0) await holdPoints(tx, { userId, orderId, count, now });
  if (order.state !== 'paid') return;
  if (count > 0) await spendHeldPoints(tx, { orderId, now });
  await bookPaid(tx, order, null, now);
}

/** Stores what has changed between the two. What is paid uses up what it held, and what is closed gives it back. */
export async function saveHolding(tx: Tx, before: Holding, after: Holding, now: TimeMs): Promise<void> {
  if (after.order !== before.order) await orders.save(tx, after.order);
  if (after.payment !== before.payment) await payments.save(tx, after.payment);
  if (after.coupon !== null && after.coupon !== before.coupon) await coupons.save(tx, after.coupon);
  if (after.order.state === before.order.state) return;
  const { id: orderId } = before.order;
  const hasPoints = pointsOf(before.order) > 0;
  // A closed order has given up what it held; one that is paid after all has taken it again, and spent it, before.
  if (after.order.state === 'paid' && before.order.state !== 'closed' && hasPoints) {
    await spendHeldPoints(tx, { orderId, now });
  }
  if (after.order.state === 'paid' && after.order.payableFen === 0)
    await bookPaid(tx, after.order, null, now);
  if (after.order.state !== 'closed') return;
  if (hasPoints) await releasePoints(tx, { orderId, now });
}

/**
 * Takes what a closed order held once more: its points, which are spent by that, and its places. False, and nothing is
 * taken, when any of it is gone: the coupon used or expired, the places or the points given to somebody else, or
 * something in the order bought again meanwhile.
 */
export async function takeAgain(tx: Tx, held: Holding, now: TimeMs): Promise<boolean> {
  const { order } = held;
  const { id: orderId, userId } = order;
  if (!isCouponFree(held, now)) return false;
  const own = order.lines.filter((line) => line.gifts === 0 && line.plan === null);
  const bought = await products.peekMany(
    tx,
    own.map(({ productId }) => productId),
  );
  if ((await ownedAmong(tx, userId, bought, now)).size > 0) return false;
  const count = pointsOf(order);
  return count === 0 || retakePoints(tx, { userId, orderId, count, now });
}
