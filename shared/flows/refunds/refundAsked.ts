import * as orders from '../../data/orders/orders.ts';
import * as payments from '../../data/payments/payments.ts';
import type { RefundAsked } from '../../domain/refunds/refundQuote.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { OrderId, ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import { usedOf } from '../access/usedOf.ts';
import { railOf } from '../payments/railOf.ts';

/**
 * The facts that decide a refund: the order and its payment, what its buyer has used of it, and whether the rail can
 * refund. `userId` must be the order's owner; null for staff.
 * @throws order.not_found
 */
export async function refundAsked(
  tx: Tx,
  { database, rails }: Pick<Ports, 'database' | 'rails'>,
  asked: {
    readonly orderId: OrderId;
    readonly userId: UserId | null;
    readonly productIds: readonly ProductId[] | null;
    readonly now: TimeMs;
  },
): Promise<RefundAsked> {
  const { orderId, userId, productIds, now } = asked;
  const order = userId === null ? await orders.get(tx, orderId) : await orders.getOwn(tx, orderId, userId);
  const payment = await payments.get(tx, orderId);
  const used = await usedOf(tx, database, order);
  const mayRefund = order.rail === 'zero' || railOf(rails, order.rail).abilities(order.platform).mayRefund;
  return { order, payment, productIds, used, mayRefund, now };
}
