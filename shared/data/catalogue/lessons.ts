/**
 * The collection of lessons, which are paid for. Lessons are found by id only; the caller checks who may see them.
 */
import type { Reader, Tx } from '../../ports/database.ts';
import type { LessonId } from '../../schemas/base.ts';
import { Lesson } from '../../schemas/catalogue/product.ts';
import { defineCollection } from '../collection.ts';

/** Found by id only; there is no way to list lessons. */
export const collection = defineCollection({ name: 'lessons', schema: Lesson, version: 1, indexes: {} });

/** The lesson, or null. */
export function find(reader: Pick<Reader, 'find'>, id: LessonId): Promise<Lesson | null> {
  return reader.find(collection, id);
}

/** The existing lessons among `ids` (at most 100), in that order. */
export function findMany(reader: Pick<Reader, 'findMany'>, ids: readonly LessonId[]): Promise<Lesson[]> {
  return reader.findMany(collection, ids);
}

/** Stores a new lesson. */
export function insert(tx: Tx, lesson: Lesson): Promise<void> {
  return tx.insert(collection, lesson);
}

/** Deletes a lesson. @throws Error when there is none */
export function remove(tx: Tx, id: LessonId): Promise<void> {
  return tx.remove(collection, id);
}
