/** The collection of paces: one for each path, shared by all processes. */
import type { Tx } from '../../ports/database.ts';
import { Pace, type PacePath } from '../../schemas/payments/pace.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by the path's name only. */
export const collection = defineCollection({ name: 'paces', schema: Pace, version: 1, indexes: {} });

/** The pace; null when the path was not used yet. */
export function find(tx: Tx, path: PacePath): Promise<Pace | null> {
  return tx.find(collection, path);
}

/** Stores a new pace. */
export function insert(tx: Tx, pace: Pace): Promise<void> {
  return tx.insert(collection, pace);
}

/** Stores a pace's new state. */
export function save(tx: Tx, before: Pace | null, after: Pace): Promise<void> {
  return store(tx, collection, before, after);
}
