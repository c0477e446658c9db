/** Reading and writing an order together with what it holds. */
import * as coupons from '../data/coupons.ts';
import * as orders from '../data/orders.ts';
import * as payments from '../data/payments.ts';
import type { Holding } from '../domain/holding.ts';
import type { Tx } from '../ports.ts';
import type { Order } from '../schemas/order.ts';

/** The payment and the coupon that go with an order which this transaction has read. */
export async function holdingOf(tx: Tx, order: Order): Promise<Holding> {
  return {
    order,
    payment: await payments.get(tx, order.id),
    coupon: order.couponId === null ? null : await coupons.get(tx, order.couponId),
  };
}

/** Stores what has changed between the two. */
export async function saveHolding(tx: Tx, before: Holding, after: Holding): Promise<void> {
  if (after.order !== before.order) await orders.save(tx, after.order);
  if (after.payment !== before.payment) await payments.save(tx, after.payment);
  if (after.coupon !== null && after.coupon !== before.coupon) await coupons.save(tx, after.coupon);
}
