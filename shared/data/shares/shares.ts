/** The collections of shares: one of a person and a thing, and which of them has a token. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { Share, type ShareToken, StoredShareToken } from '../../schemas/shares/share.ts';
import { defineCollection, store } from '../collection.ts';

/** `ofUser` lists a person's own. */
export const collection = defineCollection({
  name: 'shares',
  schema: Share,
  version: 1,
  indexes: { ofUser: { fields: ['userId', 'createdAtMs'] } },
});

/** The tokens. No two shares have the same. */
export const tokens = defineCollection({
  name: 'shareTokens',
  schema: StoredShareToken,
  version: 1,
  indexes: {},
});

/** The share under this id, or null. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<Share | null> {
  return reader.find(collection, id);
}

/** Whose share has the token, and of what; null for none. It never changes. */
export function findToken(reader: Pick<Reader, 'find'>, token: ShareToken): Promise<StoredShareToken | null> {
  return reader.find(tokens, token);
}

/** Whose share has the token, and of what. @throws share.not_found */
export async function getToken(reader: Pick<Reader, 'find'>, token: ShareToken): Promise<StoredShareToken> {
  const found = await findToken(reader, token);
  if (found === null) throw fail('share.not_found');
  return found;
}

/** Stores a new share, and its token. */
export async function insert(tx: Tx, share: Share): Promise<void> {
  const { token: id, userId, target } = share;
  await tx.insert(tokens, { id, userId, target });
  await tx.insert(collection, share);
}

/** Stores a share's new state. */
export function save(tx: Tx, before: Share, after: Share): Promise<void> {
  return store(tx, collection, before, after);
}

/** One page of a person's shares, the newest first. @throws request.invalid for a foreign cursor */
export function ofUser(
  reader: Pick<Reader, 'list'>,
  userId: UserId,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Share>> {
  return reader.list(collection, { index: 'ofUser', where: { userId }, order: 'descending', ...page });
}
