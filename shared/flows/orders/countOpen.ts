import * as openOrders from '../../data/orders/openOrders.ts';
import * as orders from '../../data/orders/orders.ts';
import { isOpen, tooManyOpen, withPlaced } from '../../domain/orders/openOrders.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';

/**
 * Counts a new order among those that its buyer leaves unpaid. The count is exact even when several orders are
 * placed at once.
 *
 * Only placing an order writes the buyer's list; paying and closing do not. When the list seems full, the orders
 * themselves are read, and those no longer open leave the list. An order never becomes open again, so a slightly
 * stale read can only refuse too much.
 * @throws order.too_many_pending
 */
export async function countOpen(
  tx: Tx,
  database: Pick<Reader, 'findMany'>,
  order: Order,
  now: TimeMs,
): Promise<void> {
  const before = await openOrders.find(tx, order.userId);
  const placed = before?.placed ?? [];
  const productIds = order.lines.map(({ productId }) => productId);
  if (tooManyOpen(placed, productIds) === null) {
    return openOrders.save(tx, before, withPlaced(placed, order, now));
  }
  const known = await orders.among(
    database,
    placed.map(({ orderId }) => orderId),
  );
  const open = new Set(known.filter(isOpen).map(({ id }) => id));
  const left = placed.filter(({ orderId }) => open.has(orderId));
  await openOrders.save(tx, before, withPlaced(left, order, now));
}
