/** Second factors of staff, one for each user who may set one up or has done so. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { SecondFactor } from '../../schemas/identity/secondFactor.ts';
import { defineCollection, store } from '../collection.ts';

/**
 * By id only: the user's. In version 1 a password was enough to begin: what was begun so and is not on counts for
 * nothing, and its owner needs a code to enrol by.
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

/** The user's second factor, or null; it may not be on yet. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<SecondFactor | null> {
  return reader.find(collection, userId);
}

/** The second factors of these users, without those who have none. */
export function findMany(
  reader: Pick<Reader, 'findMany'>,
  userIds: readonly UserId[],
): Promise<SecondFactor[]> {
  return reader.findMany(collection, userIds);
}

/** Stores a second factor, new or in its new state. `before` is what `find` answered in the same transaction. */
export function save(tx: Tx, before: SecondFactor | null, after: SecondFactor): Promise<void> {
  return store(tx, collection, before, after);
}

/** Takes it away. */
export function remove(tx: Tx, userId: UserId): Promise<void> {
  return tx.remove(collection, userId);
}
