/** Contents: what is paid for of a product that is no course. Found by id only, and shown only after asking who may see it. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { ProductId } from '../../schemas/base.ts';
import { Content } from '../../schemas/catalogue/product.ts';
import { defineCollection, store } from '../collection.ts';

/** By id only: the product's. */
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

/** Stores what has become of `before`: nothing when it is the same object. */
export function save(tx: Tx, before: Content, after: Content): Promise<void> {
  return store(tx, collection, before, after);
}

/** Takes a content away for good. @throws Error when there is none */
export function remove(tx: Tx, id: ProductId): Promise<void> {
  return tx.remove(collection, id);
}
