/** The collection of looks through the whole store. The nightly look is the only one. */
import type { Reader, Tx } from '../../ports/database.ts';
import { Look } from '../../schemas/operations/look.ts';
import { defineCollection, store } from '../collection.ts';

/** The collection. It is read by id only. */
export const collection = defineCollection({ name: 'looks', schema: Look, version: 1, indexes: {} });

/** The look, or null before the first one. */
export function find(reader: Pick<Reader, 'find'>): Promise<Look | null> {
  return reader.find(collection, 'invariants');
}

/** Stores the look's progress. `before` is null before the first look. */
export function save(tx: Tx, before: Look | null, after: Look): Promise<void> {
  return store(tx, collection, before, after);
}
