/** The collection of payments: one for each order, under the order's id. */
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import { Payment, type PaymentStatus } from '../../schemas/payments/payment.ts';
import { all, defineCollection, store } from '../collection.ts';

/**
 * Stored payments. `due` lists those that the rail has to be asked about, `byPaid` those paid within a period;
 * `byState` is for staff.
 */
export const collection = defineCollection({
  name: 'payments',
  schema: Payment,
  version: 2,
  upgrade: (payment) => ({ goods: null, ...payment }),
  indexes: {
    due: { fields: ['syncNextAtMs'] },
    byState: { fields: ['state', 'createdAtMs'] },
    byPaid: { fields: ['paidAtMs'] },
  },
});

/** The payment, or null. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<Payment | null> {
  return reader.find(collection, id);
}

/** The payment of an existing order. @throws a plain Error when it is missing, because both are written together */
export async function get(reader: Pick<Reader, 'find'>, id: string): Promise<Payment> {
  const payment = await find(reader, id);
  if (payment === null) throw new Error(`order ${id} has no payment`);
  return payment;
}

/** Stores a new payment. */
export function insert(tx: Tx, payment: Payment): Promise<void> {
  return tx.insert(collection, payment);
}

/** Stores a payment's new state. */
export function save(tx: Tx, before: Payment, after: Payment): Promise<void> {
  return store(tx, collection, before, after);
}

/**
 * All payments about which the rail must be asked now, the most recently due first. An old payment is less urgent: its
 * order is being closed, and the closing asks the rail, too.
 */
export function due(reader: Reader, now: TimeMs): AsyncGenerator<Payment> {
  return all(reader, collection, {
    index: 'due',
    where: {},
    range: { field: 'syncNextAtMs', from: 0, below: now + 1 },
    order: 'descending',
    limit: 100,
  });
}

/** One page of the payments in a state, newest first. @throws request.invalid for a cursor of another query */
export function inState(
  reader: Pick<Reader, 'list'>,
  state: PaymentStatus,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Payment>> {
  return reader.list(collection, { index: 'byState', where: { state }, order: 'descending', ...page });
}

/** All payments made within a period, oldest first. Unpaid ones are not included. */
export function paidWithin(
  reader: Reader,
  within: { readonly from: TimeMs; readonly below: TimeMs },
): AsyncGenerator<Payment> {
  const range = { field: 'paidAtMs', ...within };
  return all(reader, collection, { index: 'byPaid', where: {}, range, order: 'ascending', limit: 500 });
}
