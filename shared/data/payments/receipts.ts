/** Receipts: money that came, once for each transaction of a rail. Only ever added. */

import type { Reader, Tx } from '../../ports/database.ts';
import type { PaidRail } from '../../ports/rail.ts';
import type { OrderId, TimeMs } from '../../schemas/base.ts';
import { Receipt } from '../../schemas/payments/payment.ts';
import { all, defineCollection } from '../collection.ts';

/** Stored receipts; the id is the rail's own number of the transaction. `byPaid` is a bill's order. */
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

/** The money that a refund gives back. @throws a plain Error when it is missing: no refund is of money that never came */
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

/** Writes a new receipt: the guard that money counts once. */
export function insert(tx: Tx, receipt: Receipt): Promise<void> {
  return tx.insert(collection, receipt);
}

/** Every receipt of money that was paid on a rail within a time, the oldest first. */
export function paidWithin(
  reader: Reader,
  rail: PaidRail,
  within: { readonly from: TimeMs; readonly below: TimeMs },
): AsyncGenerator<Receipt> {
  const range = { field: 'paidAtMs', ...within };
  return all(reader, collection, { index: 'byPaid', where: { rail }, range, order: 'ascending', limit: 200 });
}

/** Those of these receipts that there are, at most 100 asked for. */
export function findMany(reader: Pick<Reader, 'findMany'>, ids: readonly string[]): Promise<Receipt[]> {
  return reader.findMany(collection, ids);
}

/** Every receipt of one order: what paid it, and what came too late or twice. */
export function ofOrder(reader: Reader, orderId: OrderId): AsyncGenerator<Receipt> {
  return all(reader, collection, { index: 'ofOrder', where: { orderId }, order: 'ascending', limit: 100 });
}

/** Every receipt there is, one order's after the other's. */
export function everyOne(reader: Reader): AsyncGenerator<Receipt> {
  return all(reader, collection, { index: 'ofOrder', where: {}, order: 'ascending', limit: 200 });
}
