/** The collection of identities: the ways a user logs in. The id makes each unique. */
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { Identity } from '../../schemas/identity/user.ts';
import { defineCollection, startingWith, store } from '../collection.ts';

/** Found by id. `byUser` lists the identities of one user. */
export const collection = defineCollection({
  name: 'identities',
  schema: Identity,
  version: 1,
  indexes: { byUser: { fields: ['userId', 'createdAtMs'] } },
});

/** The id of the identity of a WeChat account in this mini-program. */
export function wechatId(openid: string): string {
  return `wx:${openid}`;
}

/** The id of the identity of a user name. The name is in lower case already (`UserName`). */
export function nameId(userName: string): string {
  return `name:${userName}`;
}

/** The identity, or null when nobody has it. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<Identity | null> {
  return reader.find(collection, id);
}

/** Stores a new identity. @throws DuplicateId when somebody has it */
export function insert(tx: Tx, identity: Identity): Promise<void> {
  return tx.insert(collection, identity);
}

/** Stores an identity's new state. */
export function save(tx: Tx, before: Identity, after: Identity): Promise<void> {
  return store(tx, collection, before, after);
}

/** All identities of a user, oldest first: at most one by WeChat and one by name. */
export async function ofUser(reader: Pick<Reader, 'list'>, userId: UserId): Promise<readonly Identity[]> {
  const query = { index: 'byUser', where: { userId }, order: 'ascending', limit: 10, cursor: null } as const;
  return (await reader.list(collection, query)).items;
}

/**
 * One page of those whose user name begins with `start`, in alphabetical order.
 * @throws request.invalid for a cursor of another query
 */
export function namedFrom(
  reader: Pick<Reader, 'list'>,
  start: string,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Identity>> {
  const range = startingWith('id', nameId(start));
  return reader.list(collection, { index: 'id', where: {}, range, order: 'ascending', ...page });
}
