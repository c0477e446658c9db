/**
 * The collection of payment exceptions: what is wrong with money that came, for staff. Exceptions are never deleted.
 */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import { type PaymentException, TrackedException } from '../../schemas/payments/payment.ts';
import { defineCollection, store } from '../collection.ts';

/** Stored exceptions. `byState` is the order in which staff read them; `ofOrder` lists those of one order number. */
export const collection = defineCollection({
  name: 'paymentExceptions',
  schema: TrackedException,
  version: 2,
  upgrade: (exception) => ({ ...exception, state: 'open', resolution: null }),
  indexes: {
    byState: { fields: ['state', 'createdAtMs'] },
    ofOrder: { fields: ['orderNumber', 'createdAtMs'] },
  },
});

/** Records an exception, once. When it is reported again the first record stays. */
export async function record(tx: Tx, exception: PaymentException): Promise<void> {
  const before = await tx.find(collection, exception.id);
  if (before === null) await tx.insert(collection, { ...exception, state: 'open', resolution: null });
}

/** The exception. @throws exception.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: string): Promise<TrackedException> {
  const exception = await reader.find(collection, id);
  if (exception === null) throw fail('exception.not_found');
  return exception;
}

/** Stores an exception's new state. */
export function save(tx: Tx, before: TrackedException, after: TrackedException): Promise<void> {
  return store(tx, collection, before, after);
}

/** One page of the exceptions in a state, oldest first. @throws request.invalid for a cursor of another query */
export function inState(
  reader: Pick<Reader, 'list'>,
  state: TrackedException['state'],
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<TrackedException>> {
  return reader.list(collection, { index: 'byState', where: { state }, order: 'ascending', ...page });
}

/** The exceptions of one order number, oldest first, at most 100. */
export async function ofOrder(
  reader: Pick<Reader, 'list'>,
  orderNumber: string,
): Promise<readonly TrackedException[]> {
  const query = { index: 'ofOrder', where: { orderNumber }, order: 'ascending' } as const;
  return (await reader.list(collection, { ...query, limit: 100, cursor: null })).items;
}
