/** The collection of profiles: what users chose to be called and to look like. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import { Profile } from '../../schemas/identity/profile.ts';
import { all, defineCollection, store } from '../collection.ts';

/** Found by the user's id. `checking` lists what waits for the platform. */
export const collection = defineCollection({
  name: 'profiles',
  schema: Profile,
  version: 1,
  indexes: { checking: { fields: ['checkingSinceMs'] } },
});

/** The user's profile; null for who never chose anything. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<Profile | null> {
  return reader.find(collection, userId);
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Tx, before: Profile | null, after: Profile): Promise<void> {
  return store(tx, collection, before, after);
}

/** All profiles that have waited for the platform's check since before a moment, the longest waiting first. */
export function checkingSince(reader: Reader, before: TimeMs): AsyncGenerator<Profile> {
  const range = { field: 'checkingSinceMs', from: 0, below: before };
  return all(reader, collection, { index: 'checking', where: {}, range, order: 'ascending', limit: 100 });
}
