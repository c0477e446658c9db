/**
 * The collection of contents: what is paid for of products that are not courses. Contents are found by id only; the
 * caller checks who may see them.
 */
import type { Reader, Tx } from '../../ports/database.ts';
import type { ProductId } from '../../schemas/base.ts';
import { Content } from '../../schemas/catalogue/product.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by the product's id only. */
export const collection = defineCollection({
  name: 'contents',
  schema: Content,
  version: 1,
  indexes: {},
});

/** The content, or null. */
export function find(reader: Pick<Reader, 'find'>, id: ProductId): Promise<Content | null> {
  return reader.find(collection, id);
}

/** Stores a new content. */
export function insert(tx: Tx, content: Content): Promise<void> {
  return tx.insert(collection, content);
}

/** Stores `after` in place of `before`. Does nothing when it is null or the same object. */
export function save(tx: Tx, before: Content, after: Content): Promise<void> {
  return store(tx, collection, before, after);
}

/** Deletes a content. @throws Error when there is none */
export function remove(tx: Tx, id: ProductId): Promise<void> {
  return tx.remove(collection, id);
}
