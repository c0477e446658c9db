/** The collection of journal entries: one for each cause. Entries are only added. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { OrderId } from '../../schemas/base.ts';
import { type Day, JournalEntry } from '../../schemas/books/journal.ts';
import { all, defineCollection } from '../collection.ts';

/** Stored entries. `byDay` is the order of the books; `byOrder` lists the entries of one order. */
export const collection = defineCollection({
  name: 'journal',
  schema: JournalEntry,
  version: 1,
  indexes: { byDay: { fields: ['dayShanghai', 'atMs'] }, byOrder: { fields: ['orderId', 'atMs'] } },
});

/** Writes an entry, once for its id; an existing entry stays. Null means that there is nothing to book. */
export async function post(tx: Tx, entry: JournalEntry | null): Promise<void> {
  if (entry === null || (await tx.find(collection, entry.id)) !== null) return;
  await tx.insert(collection, entry);
}

/**
 * The entry.
 * @throws a plain Error when there is none, because money is booked in the transaction that writes its receipt
 */
export async function get(reader: Pick<Reader, 'find'>, id: string): Promise<JournalEntry> {
  const entry = await find(reader, id);
  if (entry === null) throw new Error(`there is no journal entry ${id}`);
  return entry;
}

/** The entry, or null. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<JournalEntry | null> {
  return reader.find(collection, id);
}

/** All entries from one day until another (exclusive), day by day, each day oldest first. */
export function ofDays(
  reader: Reader,
  within: { readonly from: Day; readonly below: Day },
): AsyncGenerator<JournalEntry> {
  const range = { field: 'dayShanghai', ...within };
  return all(reader, collection, { index: 'byDay', where: {}, range, order: 'ascending', limit: 200 });
}

/** All entries of one order, oldest first. */
export function ofOrder(reader: Reader, orderId: OrderId): AsyncGenerator<JournalEntry> {
  return all(reader, collection, { index: 'byOrder', where: { orderId }, order: 'ascending', limit: 100 });
}

/** All entries of at most 50 orders. */
export function ofOrders(reader: Reader, orderIds: readonly OrderId[]): AsyncGenerator<JournalEntry> {
  return all(reader, collection, {
    index: 'byOrder',
    where: { orderId: orderIds },
    order: 'ascending',
    limit: 200,
  });
}
