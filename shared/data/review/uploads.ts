/** The collection of what people upload. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { TimeMs, UploadId } from '../../schemas/base.ts';
import { LearnerUpload } from '../../schemas/review/learnerUpload.ts';
import { all, defineCollection, many, store } from '../collection.ts';

/** Found by id. `byEnd` lists those that nothing uses, by when they end. */
export const collection = defineCollection({
  name: 'uploads',
  schema: LearnerUpload,
  version: 1,
  indexes: { byEnd: { fields: ['endsAtMs'] } },
});

/** The upload, or null. */
export function find(reader: Pick<Reader, 'find'>, id: UploadId): Promise<LearnerUpload | null> {
  return reader.find(collection, id);
}

/** The existing uploads among these ids. */
export function among(reader: Pick<Reader, 'findMany'>, ids: readonly UploadId[]): Promise<LearnerUpload[]> {
  return many(reader, collection, ids);
}

/** All that ended before `before` without being used. */
export function endedBefore(reader: Reader, before: TimeMs): AsyncGenerator<LearnerUpload> {
  const range = { field: 'endsAtMs', below: before };
  return all(reader, collection, { index: 'byEnd', where: {}, range, order: 'ascending', limit: 500 });
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Tx, before: LearnerUpload | null, after: LearnerUpload): Promise<void> {
  return store(tx, collection, before, after);
}

/** Removes an upload that nothing uses. */
export function remove(tx: Tx, id: UploadId): Promise<void> {
  return tx.remove(collection, id);
}
