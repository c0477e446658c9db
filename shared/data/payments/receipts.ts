/** The collection of receipts: money that came, one for each transaction of a rail. Receipts are only added. */

import type { Reader, Tx } from '../../ports/database.ts';
import type { PaidRail } from '../../ports/rail.ts';
import type { OrderId, TimeMs } from '../../schemas/base.ts';
import { Receipt } from '../../schemas/payments/payment.ts';
import { all, defineCollection } from '../collection.ts';

/** Stored receipts. The id contains the rail's transaction number. `byPaid` is the order of a bill. */
export const collection = defineCollection({
  name: 'receipts',
  schema: Receipt,
  version: 3,
  upgrade: (receipt) => ({ paidAtMs: receipt.receivedAtMs, openid: null, ...receipt }),
  indexes: { byPaid: { fields: ['rail', 'paidAtMs'] }, ofOrder: { fields: ['orderId', 'paidAtMs'] } },
});

/** The receipt, or null. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<Receipt | null> {
  return reader.find(collection, id);
}

/**
 * The receipt of the money that a refund gives back.
 * @throws a plain Error when it is missing, because refunds are made only of money that came
 */
export async function ofRefund(
  reader: Pick<Reader, 'find'>,
  {
    id,
    rail,
    transactionId,
  }: { readonly id: string; readonly rail: string; readonly transactionId: string | null },
): Promise<Receipt> {
  const receipt = await find(reader, `${rail}:${transactionId}`);
  if (receipt === null) throw new Error(`refund ${id} is of money that never came`);
  return receipt;
}

/** Stores a new receipt. Its unique id ensures that money counts once. */
export function insert(tx: Tx, receipt: Receipt): Promise<void> {
  return tx.insert(collection, receipt);
}

/** All receipts of money paid on a rail within a period, oldest first. */
export function paidWithin(
  reader: Reader,
  rail: PaidRail,
  within: { readonly from: TimeMs; readonly below: TimeMs },
): AsyncGenerator<Receipt> {
  const range = { field: 'paidAtMs', ...within };
  return all(reader, collection, { index: 'byPaid', where: { rail }, range, order: 'ascending', limit: 200 });
}

/** The existing receipts among `ids` (at most 100). */
export function findMany(reader: Pick<Reader, 'findMany'>, ids: readonly string[]): Promise<Receipt[]> {
  return reader.findMany(collection, ids);
}

/** All receipts of one order, those of late and second payments included. */
export function ofOrder(reader: Reader, orderId: OrderId): AsyncGenerator<Receipt> {
  return all(reader, collection, { index: 'ofOrder', where: { orderId }, order: 'ascending', limit: 100 });
}

/** All receipts of at most 50 orders. */
export function ofOrders(reader: Reader, orderIds: readonly OrderId[]): AsyncGenerator<Receipt> {
  return all(reader, collection, {
    index: 'ofOrder',
    where: { orderId: orderIds },
    order: 'ascending',
    limit: 200,
  });
}
