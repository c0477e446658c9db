/** The collection of invitations, under the invited users' ids, so that nobody is invited twice. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import { Invitation } from '../../schemas/identity/invitation.ts';
import { all, defineCollection, store } from '../collection.ts';

/** Found by the invited user's id. `due` lists those whose inviter waits for a reward. */
export const collection = defineCollection({
  name: 'invitations',
  schema: Invitation,
  version: 2,
  upgrade: (invitation) => ({ promised: 0, dueAtMs: null, ...invitation }),
  indexes: { due: { fields: ['dueAtMs'] } },
});

/** All invitations whose reward is due, the longest due first. */
export function due(reader: Reader, now: TimeMs): AsyncGenerator<Invitation> {
  const range = { field: 'dueAtMs', from: 0, below: now + 1 };
  return all(reader, collection, { index: 'due', where: {}, range, order: 'ascending', limit: 100 });
}

/** The invitation of this user, or null. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<Invitation | null> {
  return reader.find(collection, userId);
}

/** Stores a new invitation. */
export function insert(tx: Tx, invitation: Invitation): Promise<void> {
  return tx.insert(collection, invitation);
}

/** Stores an invitation's new state. */
export function save(tx: Tx, before: Invitation, after: Invitation): Promise<void> {
  return store(tx, collection, before, after);
}
