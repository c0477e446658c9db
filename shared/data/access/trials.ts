/** The collection of trials: one document for each user and course, kept for ever. */
import type { Reader, Tx } from '../../ports/database.ts';
import { Trial } from '../../schemas/access/trial.ts';
import type { ProductId, UserId } from '../../schemas/base.ts';
import { defineCollection } from '../collection.ts';

/** Found by the user's and the course's id only. */
export const collection = defineCollection({ name: 'trials', schema: Trial, version: 1, indexes: {} });

/** The user's trial of a course; null when there never was one. */
export function find(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  productId: ProductId,
): Promise<Trial | null> {
  return reader.find(collection, `${userId}:${productId}`);
}

/** Stores a new trial. */
export function insert(tx: Tx, trial: Trial): Promise<void> {
  return tx.insert(collection, trial);
}
