/** The collection of sales: one document for each paid order whose buyer came by a share. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { OrderId } from '../../schemas/base.ts';
import { Sale, type ShareToken } from '../../schemas/shares/share.ts';
import { all, defineCollection, store, storeEach } from '../collection.ts';

/** Found by the order's id, and what is not counted yet by its share. */
export const collection = defineCollection({
  name: 'sales',
  schema: Sale,
  version: 1,
  indexes: { uncounted: { fields: ['isCounted', 'token', 'atMs'] } },
});

/** The sale, or null. */
export function find(reader: Pick<Reader, 'find'>, orderId: OrderId): Promise<Sale | null> {
  return reader.find(collection, orderId);
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Tx, before: Sale | null, after: Sale): Promise<void> {
  return store(tx, collection, before, after);
}

/** The same for several sales. */
export function saveEach(tx: Tx, before: readonly Sale[], after: readonly Sale[]): Promise<void> {
  return storeEach(tx, collection, before, after);
}

/** Some sales that are not counted yet, those by one share behind each other. */
export async function uncounted(reader: Pick<Reader, 'list'>, limit: number): Promise<readonly Sale[]> {
  const query = { index: 'uncounted', where: { isCounted: false }, order: 'ascending' } as const;
  return (await reader.list(collection, { ...query, limit, cursor: null })).items;
}

/** All sales by a share. */
export async function* ofShare(reader: Reader, token: ShareToken): AsyncGenerator<Sale> {
  for (const isCounted of [true, false]) {
    const query = { index: 'uncounted', where: { isCounted, token }, order: 'ascending' } as const;
    yield* all(reader, collection, { ...query, limit: 500 });
  }
}
