/** The collection of progresses in courses: one document for each user and course that they opened a lesson of. */
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { ProductId, UserId } from '../../schemas/base.ts';
import { CourseProgress } from '../../schemas/learning/progress.ts';
import { defineCollection, many, store } from '../collection.ts';

/** Found by id. `ofUser` lists a user's own, the last learned first; `ofCourse` a course's learners by their ids. */
export const collection = defineCollection({
  name: 'courseProgresses',
  schema: CourseProgress,
  version: 1,
  indexes: { ofUser: { fields: ['userId', 'updatedAtMs'] }, ofCourse: { fields: ['productId'] } },
});

const idOf = (userId: UserId, productId: ProductId) => `${userId}:${productId}`;

/** The user's progress in a course; null when they never opened a lesson of it. */
export function find(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  productId: ProductId,
): Promise<CourseProgress | null> {
  return reader.find(collection, idOf(userId, productId));
}

/** The user's progresses in these courses, as far as they were begun. */
export function ofCourses(
  reader: Pick<Reader, 'findMany'>,
  userId: UserId,
  productIds: readonly ProductId[],
): Promise<CourseProgress[]> {
  return many(
    reader,
    collection,
    productIds.map((id) => idOf(userId, id)),
  );
}

/**
 * One page of a user's courses, the last learned first, for the user. A course that is learned between pages may appear
 * twice.
 * @throws request.invalid for a cursor that is not ours
 */
export function lastLearnedOf(
  reader: Reader,
  userId: UserId,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<CourseProgress>> {
  return reader.list(collection, { index: 'ofUser', where: { userId }, order: 'descending', ...page });
}

/** One page of a course's learners, by their ids. @throws request.invalid for a cursor that is not ours */
export function ofCourse(
  reader: Reader,
  productId: ProductId,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<CourseProgress>> {
  return reader.list(collection, { index: 'ofCourse', where: { productId }, order: 'ascending', ...page });
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Tx, before: CourseProgress | null, after: CourseProgress): Promise<void> {
  return store(tx, collection, before, after);
}
