/** The collection of visits: one document for each person and share. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { type ShareToken, Visit } from '../../schemas/shares/share.ts';
import { all, defineCollection, store, storeEach } from '../collection.ts';

/** Found by id, and what is not counted yet by its share. */
export const collection = defineCollection({
  name: 'visits',
  schema: Visit,
  version: 1,
  indexes: { uncounted: { fields: ['isCounted', 'token', 'atMs'] } },
});

/** The visits of a person by a share, or null. */
export function find(
  reader: Pick<Reader, 'find'>,
  { token, userId }: { readonly token: ShareToken; readonly userId: UserId },
): Promise<Visit | null> {
  return reader.find(collection, `${token}:${userId}`);
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Tx, before: Visit | null, after: Visit): Promise<void> {
  return store(tx, collection, before, after);
}

/** The same for several visits. */
export function saveEach(tx: Tx, before: readonly Visit[], after: readonly Visit[]): Promise<void> {
  return storeEach(tx, collection, before, after);
}

/** Some visits that are not counted yet, those by one share behind each other. */
export async function uncounted(reader: Pick<Reader, 'list'>, limit: number): Promise<readonly Visit[]> {
  const query = { index: 'uncounted', where: { isCounted: false }, order: 'ascending' } as const;
  return (await reader.list(collection, { ...query, limit, cursor: null })).items;
}

/** All visits by a share. */
export async function* ofShare(reader: Reader, token: ShareToken): AsyncGenerator<Visit> {
  for (const isCounted of [true, false]) {
    const query = { index: 'uncounted', where: { isCounted, token }, order: 'ascending' } as const;
    yield* all(reader, collection, { ...query, limit: 500 });
  }
}
