/** The collection of touches: by whose link somebody came last, under their own id. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { Touch } from '../../schemas/shares/share.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by id alone. */
export const collection = defineCollection({ name: 'touches', schema: Touch, version: 1, indexes: {} });

/** The touch of a person, or null. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<Touch | null> {
  return reader.find(collection, userId);
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Tx, before: Touch | null, after: Touch): Promise<void> {
  return store(tx, collection, before, after);
}
