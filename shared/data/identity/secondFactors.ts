/** The collection of second factors: one for each user who may set one up or has done so. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { SecondFactor } from '../../schemas/identity/secondFactor.ts';
import { defineCollection, store } from '../collection.ts';

/**
 * Found by the user's id only. In version 1 a password was enough to start setting one up. A factor that was started
 * that way and is not on is dropped, and its owner needs an enrolment code.
 */
export const collection = defineCollection({
  name: 'secondFactors',
  schema: SecondFactor,
  version: 2,
  indexes: {},
  upgrade: (factor) => {
    const since = { nextSeedSealed: null, enrolment: null };
    if (factor.state === 'on') return { ...factor, ...since };
    return { ...factor, ...since, state: 'invited', seedSealed: null };
  },
});

/** The user's second factor, or null. It may not be on yet. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<SecondFactor | null> {
  return reader.find(collection, userId);
}

/** The existing second factors of these users. */
export function findMany(
  reader: Pick<Reader, 'findMany'>,
  userIds: readonly UserId[],
): Promise<SecondFactor[]> {
  return reader.findMany(collection, userIds);
}

/** Stores a second factor. `before` is what `find` returned in the same transaction; null when it is new. */
export function save(tx: Tx, before: SecondFactor | null, after: SecondFactor): Promise<void> {
  return store(tx, collection, before, after);
}

/** Deletes a second factor. */
export function remove(tx: Tx, userId: UserId): Promise<void> {
  return tx.remove(collection, userId);
}
