import * as sales from '../../data/shares/sales.ts';
import { bookSale } from '../../domain/shares/share.ts';
import type { Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';

/**
 * Notes what an order that has been paid brings to the share by which its buyer came, in the transaction in which the
 * money comes or goes back. Most orders have no such share, and an order without money brings nothing.
 */
export async function noteSale(tx: Tx, order: Order, now: TimeMs): Promise<void> {
  const { touch } = order;
  if (touch === null || order.state !== 'paid' || order.payableFen === 0) return;
  const before = await sales.find(tx, order.id);
  await sales.save(tx, before, bookSale(before, order, touch, now));
}
