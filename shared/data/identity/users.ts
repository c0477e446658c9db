/** The collection of users: one document for each person, however they log in. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import { Role, User } from '../../schemas/identity/user.ts';
import { all, defineCollection, many, store } from '../collection.ts';

/** Before there were texts, any words passed for their version. */
const NOTHING_AGREED = { consents: {} };

/** Defaults for fields that older versions lacked. */
const BEFORE_BINDING = {
  ...{ sessionGeneration: 0, isOwner: false, takenOverBy: null },
  ...{ phoneSealed: null, phoneDigest: null, phoneMasked: null },
};

/**
 * A user from before names and pictures were checked. Nobody else sees the name that a learner gave themselves; they
 * see it, and may write it again. The picture was an address outside of the shop, which can show anything tomorrow, so
 * it is dropped. Names of staff were given by the shop.
 */
function fromUnchecked({ avatarUrl: _, ...user }: Record<string, unknown>): Record<string, unknown> {
  const { id, role, nickname } = user;
  const made = `知友${String(id).slice(-4)}`;
  if (role !== 'learner' || nickname === made) return { ...user, uncheckedNickname: null, avatarKey: null };
  return { ...user, nickname: made, uncheckedNickname: nickname, avatarKey: null };
}

/** Stored users. `identities` finds them by name or openid; `byRole` lists staff. */
export const collection = defineCollection({
  name: 'users',
  schema: User,
  version: 6,
  indexes: {
    byRole: { fields: ['role', 'createdAtMs'] },
    byPhone: { fields: ['phoneDigest', 'createdAtMs'] },
  },
  upgrade: (user, from) => ({
    ...BEFORE_BINDING,
    ...fromUnchecked(user),
    ...(from < 5 ? NOTHING_AGREED : {}),
  }),
});

/** The user, or null. */
export function find(reader: Pick<Reader, 'find'>, id: UserId): Promise<User | null> {
  return reader.find(collection, id);
}

/** The existing users among any number of ids, in any state and in that order: one read for each hundred. */
export function among(reader: Pick<Reader, 'findMany'>, ids: readonly UserId[]): Promise<User[]> {
  return many(reader, collection, ids);
}

/** The user. A user who was taken over counts as not found. @throws user.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: UserId): Promise<User> {
  const user = await find(reader, id);
  if (user === null) throw fail('user.not_found');
  if (user.takenOverBy !== null) throw fail('user.not_found', { detail: `is ${user.takenOverBy} now` });
  return user;
}

/** The id of the user that this one is now: the user who took them over, or themselves. */
export async function presentIdOf(reader: Pick<Reader, 'find'>, id: UserId): Promise<UserId> {
  const takenOverBy = (await find(reader, id))?.takenOverBy ?? null;
  return takenOverBy === null ? id : presentIdOf(reader, takenOverBy);
}

/** Stores a new user. */
export function insert(tx: Tx, user: User): Promise<void> {
  return tx.insert(collection, user);
}

/** Stores a user's new state. */
export function save(tx: Tx, before: User, after: User): Promise<void> {
  return store(tx, collection, before, after);
}

/** One page of all staff, newest first. @throws request.invalid for a cursor that is not ours */
export function staff(
  reader: Pick<Reader, 'list'>,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<User>> {
  const role = Role.exclude(['learner']).options;
  return reader.list(collection, { index: 'byRole', where: { role }, order: 'descending', ...page });
}

/** All users who registered within a period, role by role, oldest first. */
export async function* registeredWithin(
  reader: Reader,
  within: { readonly from: TimeMs; readonly below: TimeMs },
): AsyncGenerator<User> {
  const range = { field: 'createdAtMs', ...within };
  for (const role of Role.options) {
    const query = { index: 'byRole', where: { role }, range, order: 'ascending', limit: 500 } as const;
    yield* all(reader, collection, query);
  }
}

/** The users with this phone number, oldest first, at most 10. A family may share a number. */
export async function ofPhone(reader: Pick<Reader, 'list'>, phoneDigest: string): Promise<readonly User[]> {
  const query = { index: 'byPhone', where: { phoneDigest }, order: 'ascending' } as const;
  return (await reader.list(collection, { ...query, limit: 10, cursor: null })).items;
}

/** Every user there is, role by role, the oldest of each first. */
export function everyOne(reader: Reader): AsyncGenerator<User> {
  return all(reader, collection, { index: 'byRole', where: {}, order: 'ascending', limit: 200 });
}
