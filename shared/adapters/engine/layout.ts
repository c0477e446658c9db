/** How a collection's rows are laid out: what every engine keeps beside a document, so that it can be listed. */
import { createHash } from 'node:crypto';
import type { Collection } from '../../ports/database.ts';

/** Every field that some index of the collection sorts by. */
export function indexedFields(collection: Collection): readonly string[] {
  return [...new Set(Object.values(collection.indexes).flatMap((index) => index.fields))];
}

/**
 * The number of a layout: builds have the same one when they fill the same indexed values from the same shape. Each row
 * has the number of the layout that filled it, so what another build has written is found and filled again.
 */
export function layoutOf(collection: Collection): number {
  const layout = JSON.stringify([collection.version, indexedFields(collection).toSorted()]);
  return createHash('sha256').update(layout).digest().readUInt32BE();
}
