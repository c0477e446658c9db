/** Courses: the table of contents, under the product's id. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { ProductId } from '../../schemas/base.ts';
import { Course } from '../../schemas/catalogue/product.ts';
import { defineCollection, store } from '../collection.ts';

/** By id only. */
export const collection = defineCollection({ name: 'courses', schema: Course, version: 1, indexes: {} });

/** The outline, or null. */
export function find(reader: Pick<Reader, 'find'>, id: ProductId): Promise<Course | null> {
  return reader.find(collection, id);
}

/** Stores a new outline. */
export function insert(tx: Tx, course: Course): Promise<void> {
  return tx.insert(collection, course);
}

/** Stores what has become of `before`: nothing when it is the same object. */
export function save(tx: Tx, before: Course, after: Course): Promise<void> {
  return store(tx, collection, before, after);
}

/** Takes an outline away for good. @throws Error when there is none */
export function remove(tx: Tx, id: ProductId): Promise<void> {
  return tx.remove(collection, id);
}
