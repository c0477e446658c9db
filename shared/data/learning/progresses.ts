/** The collection of progresses: one document for each user and lesson that they opened. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { LessonId, ProductId, UserId } from '../../schemas/base.ts';
import { Progress } from '../../schemas/learning/progress.ts';
import { all, defineCollection, many, store } from '../collection.ts';

/** Found by id. `ofCourse` lists a user's progresses in the lessons of a course. */
export const collection = defineCollection({
  name: 'progresses',
  schema: Progress,
  version: 1,
  indexes: { ofCourse: { fields: ['userId', 'productId'] } },
});

const idOf = (userId: UserId, lessonId: LessonId) => `${userId}:${lessonId}`;

/** The user's progress in a lesson; null when they never opened it. */
export function find(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  lessonId: LessonId,
): Promise<Progress | null> {
  return reader.find(collection, idOf(userId, lessonId));
}

/** The user's progresses in these lessons, as far as they were opened. */
export function ofLessons(
  reader: Pick<Reader, 'findMany'>,
  userId: UserId,
  lessonIds: readonly LessonId[],
): Promise<Progress[]> {
  return many(
    reader,
    collection,
    lessonIds.map((id) => idOf(userId, id)),
  );
}

/** The user's progresses in the lessons of a course. */
export function ofCourse(reader: Reader, userId: UserId, productId: ProductId): AsyncGenerator<Progress> {
  const where = { userId, productId };
  return all(reader, collection, { index: 'ofCourse', where, order: 'ascending', limit: 100 });
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Tx, before: Progress | null, after: Progress): Promise<void> {
  return store(tx, collection, before, after);
}
