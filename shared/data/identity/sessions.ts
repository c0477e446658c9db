/** The collection of sessions. The token is not stored; a session is found by the token's digest. */
import { createHash } from 'node:crypto';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import { Session } from '../../schemas/identity/user.ts';
import { all, defineCollection, store } from '../collection.ts';

/** Found by the token's digest. `byEnd` lists sessions that ended long ago, `byUser` a user's own. */
export const collection = defineCollection({
  name: 'sessions',
  schema: Session,
  version: 2,
  indexes: { byEnd: { fields: ['expiresAtMs'] }, byUser: { fields: ['userId', 'createdAtMs'] } },
  upgrade: (session) => ({ ...session, generation: 0, hasSecondFactor: false }),
});

/** The session id of a token: its SHA-256 in hex. The token has 256 random bits, so no salt is needed. */
export function idOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The session, or null. It may have ended. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<Session | null> {
  return reader.find(collection, id);
}

/** Stores a new session. */
export function insert(tx: Tx, session: Session): Promise<void> {
  return tx.insert(collection, session);
}

/** Stores a session's new state. */
export function save(tx: Tx, before: Session, after: Session): Promise<void> {
  return store(tx, collection, before, after);
}

/**
 * One page of a user's sessions, newest first, ended ones included.
 * @throws request.invalid for a cursor of another query
 */
export function ofUser(
  reader: Pick<Reader, 'list'>,
  { userId, ...page }: { readonly userId: UserId; readonly limit: number; readonly cursor: string | null },
): Promise<Page<Session>> {
  return reader.list(collection, { index: 'byUser', where: { userId }, order: 'descending', ...page });
}

/** All sessions that ended before `before`. */
export function endedBefore(reader: Reader, before: TimeMs): AsyncGenerator<Session> {
  return all(reader, collection, {
    index: 'byEnd',
    where: {},
    range: { field: 'expiresAtMs', below: before },
    order: 'ascending',
    limit: 500,
  });
}
