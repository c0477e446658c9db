/** The collection of categories, under their slugs. */
import { fail } from '../../errors.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import { CATEGORIES_MAX, StoredCategory } from '../../schemas/catalogue/category.ts';
import { all, defineCollection, listed, store, storeEach } from '../collection.ts';

/** `inOrder` lists them in the order in which they are shown. */
export const collection = defineCollection({
  name: 'categories',
  schema: StoredCategory,
  version: 1,
  indexes: { inOrder: { fields: ['position'] } },
});

/** The category, or null. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<StoredCategory | null> {
  return reader.find(collection, id);
}

/** The category. @throws category.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: string): Promise<StoredCategory> {
  const found = await find(reader, id);
  if (found === null) throw fail('category.not_found');
  return found;
}

/** All categories, hidden ones too, in the order in which they are shown. */
export function inOrder(reader: Reader): Promise<readonly StoredCategory[]> {
  const query = { index: 'inOrder', where: {}, order: 'ascending', limit: CATEGORIES_MAX } as const;
  return listed(all(reader, collection, query));
}

/** Stores a new category. */
export function insert(tx: Pick<Tx, 'insert'>, category: StoredCategory): Promise<void> {
  return tx.insert(collection, category);
}

/** Stores a category's new state. */
export function save(
  tx: Pick<Tx, 'insert' | 'update'>,
  before: StoredCategory,
  after: StoredCategory,
): Promise<void> {
  return store(tx, collection, before, after);
}

/** The same for several categories. Those of `before` that `after` lacks stay as they are. */
export function saveEach(
  tx: Tx,
  before: readonly StoredCategory[],
  after: readonly StoredCategory[],
): Promise<void> {
  return storeEach(tx, collection, before, after);
}

/** Deletes a category. @throws Error when there is none */
export function remove(tx: Pick<Tx, 'remove'>, id: string): Promise<void> {
  return tx.remove(collection, id);
}
