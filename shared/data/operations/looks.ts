/** How far looks through the whole store have come: the nightly one is the only one there is. */
import type { Reader, Tx } from '../../ports/database.ts';
import { Look } from '../../schemas/operations/look.ts';
import { defineCollection, store } from '../collection.ts';

/** By id only. */
export const collection = defineCollection({ name: 'looks', schema: Look, version: 1, indexes: {} });

/** The look, or null before the first one. */
export function find(reader: Pick<Reader, 'find'>): Promise<Look | null> {
  return reader.find(collection, 'invariants');
}

/** Stores how far the look has come: `after` in place of `before`, which is null before the first look. */
export function save(tx: Tx, before: Look | null, after: Look): Promise<void> {
  return store(tx, collection, before, after);
}
