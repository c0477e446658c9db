/** The collection of writers: one document for each user who wrote or flagged something. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { Writer } from '../../schemas/review/writer.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by the user's id only. */
export const collection = defineCollection({ name: 'writers', schema: Writer, version: 1, indexes: {} });

/** The writer; null when the user never wrote anything. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<Writer | null> {
  return reader.find(collection, userId);
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Tx, before: Writer | null, after: Writer): Promise<void> {
  return store(tx, collection, before, after);
}
