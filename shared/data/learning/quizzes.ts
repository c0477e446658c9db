/** The collections of quizzes: the quizzes of lessons, and the tries at them. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { LessonId, TimeMs, UserId } from '../../schemas/base.ts';
import { Quiz, QuizAttempt } from '../../schemas/learning/quiz.ts';
import { all, defineCollection, many, store } from '../collection.ts';

/** Found by the lesson's id only. */
export const collection = defineCollection({ name: 'quizzes', schema: Quiz, version: 1, indexes: {} });

/** Found by user, lesson and number. `byTime` lists old ones. */
export const attempts = defineCollection({
  name: 'quizAttempts',
  schema: QuizAttempt,
  version: 1,
  indexes: { byTime: { fields: ['createdAtMs'] } },
});

/** The quiz of a lesson; null when it has none. */
export function find(reader: Pick<Reader, 'find'>, lessonId: LessonId): Promise<Quiz | null> {
  return reader.find(collection, lessonId);
}

/** The quizzes of these lessons, as far as they have one. */
export function ofLessons(reader: Pick<Reader, 'findMany'>, lessonIds: readonly LessonId[]): Promise<Quiz[]> {
  return many(reader, collection, lessonIds);
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Tx, before: Quiz | null, after: Quiz): Promise<void> {
  return store(tx, collection, before, after);
}

/** Deletes a quiz. @throws Error when there is none */
export function remove(tx: Tx, lessonId: LessonId): Promise<void> {
  return tx.remove(collection, lessonId);
}

/** A user's try at a quiz, or null. */
export function findAttempt(
  reader: Pick<Reader, 'find'>,
  {
    userId,
    lessonId,
    number,
  }: { readonly userId: UserId; readonly lessonId: LessonId; readonly number: number },
): Promise<QuizAttempt | null> {
  return reader.find(attempts, `${userId}:${lessonId}:${number}`);
}

/** Stores a new try. */
export function insertAttempt(tx: Tx, attempt: QuizAttempt): Promise<void> {
  return tx.insert(attempts, attempt);
}

/** All tries made before `before`. */
export function attemptsBefore(reader: Reader, before: TimeMs): AsyncGenerator<QuizAttempt> {
  const range = { field: 'createdAtMs', below: before };
  return all(reader, attempts, { index: 'byTime', where: {}, range, order: 'ascending', limit: 500 });
}
