/**
 * The layout of a collection's rows: the values that every engine stores beside a document so that it can be listed.
 */
import { createHash } from 'node:crypto';
import type { Collection } from '../../ports/database.ts';

/** All fields that some index of the collection sorts by. */
export function indexedFields(collection: Collection): readonly string[] {
  return [...new Set(Object.values(collection.indexes).flatMap((index) => index.fields))];
}

/**
 * The number of a layout. Two builds have the same number when they fill the same indexed values from the same
 * schema version. Each row stores the number of the layout that filled it, so rows written by another build are
 * found and filled again.
 */
export function layoutOf(collection: Collection): number {
  const layout = JSON.stringify([collection.version, indexedFields(collection).toSorted()]);
  return createHash('sha256').update(layout).digest().readUInt32BE();
}
