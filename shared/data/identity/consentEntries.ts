/** The collection of changes of consents. It is only added to, as the proof of who agreed to what, and until when. */
import type { Tx } from '../../ports/database.ts';
import { ConsentEntry } from '../../schemas/identity/legal.ts';
import { defineCollection } from '../collection.ts';

/** The entries. `byUser` lists a user's, in the order in which they were made. */
export const collection = defineCollection({
  name: 'consentEntries',
  schema: ConsentEntry,
  version: 1,
  indexes: { byUser: { fields: ['userId', 'atMs'] } },
});

/** Stores a new entry. */
export function insert(tx: Tx, entry: ConsentEntry): Promise<void> {
  return tx.insert(collection, entry);
}
