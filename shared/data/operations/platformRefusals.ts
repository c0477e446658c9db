/** What platforms refuse us with at present. */
import type { Reader, Tx } from '../../ports/database.ts';
import { PlatformRefusal } from '../../schemas/operations/platformRefusal.ts';
import { defineCollection, store } from '../collection.ts';

/** Stored refusals; one for each code of a platform, so there are never many. */
export const collection = defineCollection({
  name: 'platformRefusals',
  schema: PlatformRefusal,
  version: 1,
  indexes: {},
});

/** The refusal of that id, or null. */
export function find(reader: Pick<Reader, 'find'> | Tx, id: string): Promise<PlatformRefusal | null> {
  return reader.find(collection, id);
}

/** Stores a refusal that was heard again, or for the first time (`before` is null). */
export function save(tx: Tx, before: PlatformRefusal | null, after: PlatformRefusal): Promise<void> {
  return store(tx, collection, before, after);
}
