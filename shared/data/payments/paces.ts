/** Paces: one for each path, shared by all processes. */
import type { Tx } from '../../ports/database.ts';
import { Pace, type PacePath } from '../../schemas/payments/pace.ts';
import { defineCollection, store } from '../collection.ts';

/** Stored paces, under the names of their paths. */
export const collection = defineCollection({ name: 'paces', schema: Pace, version: 1, indexes: {} });

/** The pace, or null when nobody has asked on that path yet. */
export function find(tx: Tx, path: PacePath): Promise<Pace | null> {
  return tx.find(collection, path);
}

/** Writes a new pace. */
export function insert(tx: Tx, pace: Pace): Promise<void> {
  return tx.insert(collection, pace);
}

/** Stores a pace's new state. */
export function save(tx: Tx, before: Pace | null, after: Pace): Promise<void> {
  return store(tx, collection, before, after);
}
