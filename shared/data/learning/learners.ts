/** The collection of learners: one document for each user who opened a lesson. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { Learner } from '../../schemas/learning/progress.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by the user's id only. */
export const collection = defineCollection({ name: 'learners', schema: Learner, version: 1, indexes: {} });

/** The learner; null when the user never opened a lesson. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<Learner | null> {
  return reader.find(collection, userId);
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Tx, before: Learner | null, after: Learner): Promise<void> {
  return store(tx, collection, before, after);
}
