/** Payments: one for each order, under the order's id. */
import type { Reader, Tx } from '../ports.ts';
import type { OrderId, TimeMs } from '../schemas/base.ts';
import { Payment } from '../schemas/payment.ts';
import { all, defineCollection } from './collection.ts';

/** Stored payments; `due` finds those the rail has to be asked about. */
export const collection = defineCollection({
  name: 'payments',
  schema: Payment,
  version: 1,
  indexes: { due: { fields: ['syncNextAtMs'] } },
});

/** The payment, or null. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<Payment | null> {
  return reader.find(collection, id);
}

/** The payment of an order that is there. @throws a plain Error when it is missing: they are written together. */
export async function get(reader: Pick<Reader, 'find'>, id: string): Promise<Payment> {
  const payment = await find(reader, id);
  if (payment === null) throw new Error(`order ${id} has no payment`);
  return payment;
}

/** Writes a new payment. */
export function insert(tx: Tx, payment: Payment): Promise<void> {
  return tx.insert(collection, payment);
}

/** Stores a payment's new state. */
export function save(tx: Tx, payment: Payment): Promise<void> {
  return tx.update(collection, payment);
}

/** Every payment the rail is to be asked about now, longest due first. */
export function due(reader: Reader, now: TimeMs): AsyncGenerator<Payment> {
  return all(reader, collection, {
    index: 'due',
    where: {},
    range: { field: 'syncNextAtMs', from: 0, below: now + 1 },
    order: 'ascending',
    limit: 100,
  });
}

/** The payments of these orders, at most 100 of them. */
export function findMany(reader: Pick<Reader, 'findMany'>, ids: readonly OrderId[]): Promise<Payment[]> {
  return reader.findMany(collection, ids);
}
