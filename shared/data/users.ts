/** Users: one document for each person, whichever way they come in. */
import { fail } from '../errors.ts';
import type { Reader, Tx } from '../ports.ts';
import type { UserId } from '../schemas/base.ts';
import { User } from '../schemas/user.ts';
import { defineCollection } from './collection.ts';

/** Stored users; who somebody is by name or openid is in `identities`. `byRole` finds staff. */
export const collection = defineCollection({
  name: 'users',
  schema: User,
  version: 2,
  indexes: { byRole: { fields: ['role', 'createdAtMs'] } },
  upgrade: (user) => ({ ...user, sessionGeneration: 0 }),
});

/** The user, or null. */
export function find(reader: Pick<Reader, 'find'>, id: UserId): Promise<User | null> {
  return reader.find(collection, id);
}

/** The user. @throws user.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: UserId): Promise<User> {
  const user = await find(reader, id);
  if (user === null) throw fail('user.not_found');
  return user;
}

/** Stores a new user. */
export function insert(tx: Tx, user: User): Promise<void> {
  return tx.insert(collection, user);
}

/** Stores a user's new state. */
export function save(tx: Tx, user: User): Promise<void> {
  return tx.update(collection, user);
}
