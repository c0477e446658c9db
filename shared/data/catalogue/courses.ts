/** The collection of courses: their tables of contents, under the products' ids. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { ProductId } from '../../schemas/base.ts';
import { Course } from '../../schemas/catalogue/product.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by id only. */
export const collection = defineCollection({ name: 'courses', schema: Course, version: 1, indexes: {} });

/** The outline, or null. */
export function find(reader: Pick<Reader, 'find'>, id: ProductId): Promise<Course | null> {
  return reader.find(collection, id);
}

/** The outline, read in a transaction that it may change during without harm; null when there is none. */
export function peek(tx: Pick<Tx, 'peek'>, id: ProductId): Promise<Course | null> {
  return tx.peek(collection, id);
}

/** Stores a new outline. */
export function insert(tx: Tx, course: Course): Promise<void> {
  return tx.insert(collection, course);
}

/** Stores `after` in place of `before`. Does nothing when it is the same object. */
export function save(tx: Tx, before: Course, after: Course): Promise<void> {
  return store(tx, collection, before, after);
}

/** Deletes an outline. @throws Error when there is none */
export function remove(tx: Tx, id: ProductId): Promise<void> {
  return tx.remove(collection, id);
}
