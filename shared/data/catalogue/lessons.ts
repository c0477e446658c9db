/** Lessons: what is paid for. Never listed; found by id only, and shown only after asking who may see it. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { LessonId } from '../../schemas/base.ts';
import { Lesson } from '../../schemas/catalogue/product.ts';
import { defineCollection } from '../collection.ts';

/** By id only: there is no way to list lessons. */
export const collection = defineCollection({ name: 'lessons', schema: Lesson, version: 1, indexes: {} });

/** The lesson, or null. */
export function find(reader: Pick<Reader, 'find'>, id: LessonId): Promise<Lesson | null> {
  return reader.find(collection, id);
}

/** Those of the lessons that exist, in the order of `ids`. At most 100. */
export function findMany(reader: Pick<Reader, 'findMany'>, ids: readonly LessonId[]): Promise<Lesson[]> {
  return reader.findMany(collection, ids);
}

/** Stores a new lesson. */
export function insert(tx: Tx, lesson: Lesson): Promise<void> {
  return tx.insert(collection, lesson);
}

/** Takes a lesson away for good. @throws Error when there is none */
export function remove(tx: Tx, id: LessonId): Promise<void> {
  return tx.remove(collection, id);
}
