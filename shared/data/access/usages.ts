/** The collection of usages: one document for each user and product. */
import type { Reader, Tx } from '../../ports/database.ts';
import { Usage } from '../../schemas/access/usage.ts';
import type { ProductId, UserId } from '../../schemas/base.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by the user's and the product's id only. */
export const collection = defineCollection({ name: 'usages', schema: Usage, version: 1, indexes: {} });

/** What the user has opened of the product; null for nothing yet. */
export function find(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  productId: ProductId,
): Promise<Usage | null> {
  return reader.find(collection, `${userId}:${productId}`);
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Tx, before: Usage | null, after: Usage): Promise<void> {
  return store(tx, collection, before, after);
}
