/** Invitations, under the invited users' ids: nobody is invited twice. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import { Invitation } from '../../schemas/identity/invitation.ts';
import { all, defineCollection, store } from '../collection.ts';

/** Under the invited user's id; `due` finds those whose inviter waits for a reward. */
export const collection = defineCollection({
  name: 'invitations',
  schema: Invitation,
  version: 2,
  upgrade: (invitation) => ({ promised: 0, dueAtMs: null, ...invitation }),
  indexes: { due: { fields: ['dueAtMs'] } },
});

/** Every invitation whose reward is due by now, the longest due first. */
export function due(reader: Reader, now: TimeMs): AsyncGenerator<Invitation> {
  const range = { field: 'dueAtMs', from: 0, below: now + 1 };
  return all(reader, collection, { index: 'due', where: {}, range, order: 'ascending', limit: 100 });
}

/** Who invited the user, or null. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<Invitation | null> {
  return reader.find(collection, userId);
}

/** Stores a new invitation. */
export function insert(tx: Tx, invitation: Invitation): Promise<void> {
  return tx.insert(collection, invitation);
}

/** Stores what has become of it. */
export function save(tx: Tx, before: Invitation, after: Invitation): Promise<void> {
  return store(tx, collection, before, after);
}
