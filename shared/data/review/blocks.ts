/** The collection of blocks: one document for each user who blocks somebody, so that one read answers for a page. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { Blocks } from '../../schemas/review/block.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by the id of the user who blocks. */
export const collection = defineCollection({ name: 'blocks', schema: Blocks, version: 1, indexes: {} });

/** Whom the user blocks; null when they never blocked anybody. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<Blocks | null> {
  return reader.find(collection, userId);
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Tx, before: Blocks | null, after: Blocks): Promise<void> {
  return store(tx, collection, before, after);
}
