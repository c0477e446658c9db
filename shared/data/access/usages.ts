/** What users have opened: one document for each user and product. */
import type { Reader, Tx } from '../../ports/database.ts';
import { Usage } from '../../schemas/access/usage.ts';
import type { ProductId, UserId } from '../../schemas/base.ts';
import { defineCollection, store } from '../collection.ts';

/** By id only: the user's and the product's. */
export const collection = defineCollection({ name: 'usages', schema: Usage, version: 1, indexes: {} });

/** What the user has opened of the product, or null when nothing yet. */
export function find(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  productId: ProductId,
): Promise<Usage | null> {
  return reader.find(collection, `${userId}:${productId}`);
}

/** Stores what has become of `before`: nothing when it is the same object. */
export function save(tx: Tx, before: Usage | null, after: Usage): Promise<void> {
  return store(tx, collection, before, after);
}
