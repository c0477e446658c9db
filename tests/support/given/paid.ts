/** Paid orders for tests of what they give, stored as a payment would leave them. */
import * as orders from '../../../shared/data/orders/orders.ts';
import { placeOrder } from '../../../shared/domain/orders/order.ts';
import type { UserId } from '../../../shared/schemas/base.ts';
import type { Order, PricedLine } from '../../../shared/schemas/orders/order.ts';
import type { World } from '../world.ts';
import { productIdOf } from './coupon.ts';
import { aQuote } from './holding.ts';
import { newOrderId } from './order.ts';

/** Stores a paid order with a line for each of these. The products have the ids `productIdOf(0)` and so on. */
export async function givenPaidOrder(
  world: World,
  userId: UserId,
  wishes: readonly Partial<PricedLine>[],
): Promise<Order> {
  const now = world.clock.now();
  const quote = aQuote([9_900]);
  const lines = wishes.flatMap((wish, index) =>
    quote.lines.map((line) => ({ ...line, productId: productIdOf(index), ...wish })),
  );
  const placed = placeOrder({
    id: newOrderId(world),
    userId,
    platform: 'web',
    quote: { ...quote, lines },
    couponId: null,
    requestDigest: '0'.repeat(64),
    now: now,
  });
  const order: Order = { ...placed, state: 'paid', paidAtMs: now };
  await world.ports.database.tx(async (tx) => {
    if ((await orders.find(tx, order.id)) === null) await orders.insert(tx, order);
  });
  return order;
}
