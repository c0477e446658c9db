/** The collection of present platform refusals. */
import type { Reader, Tx } from '../../ports/database.ts';
import { PlatformRefusal } from '../../schemas/operations/platformRefusal.ts';
import { defineCollection, store } from '../collection.ts';

/** Stored refusals: one for each code of a platform, so there are only a few. */
export const collection = defineCollection({
  name: 'platformRefusals',
  schema: PlatformRefusal,
  version: 1,
  indexes: {},
});

/** The refusal with this id, or null. */
export function find(reader: Pick<Reader, 'find'> | Tx, id: string): Promise<PlatformRefusal | null> {
  return reader.find(collection, id);
}

/** Stores a refusal. `before` is the stored one; null when it is new. */
export function save(tx: Tx, before: PlatformRefusal | null, after: PlatformRefusal): Promise<void> {
  return store(tx, collection, before, after);
}
