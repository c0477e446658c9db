/** Invitations, under the invited users' ids: nobody is invited twice. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { Invitation } from '../../schemas/identity/invitation.ts';
import { defineCollection } from '../collection.ts';

/** By id only: who asks knows the invited user. */
export const collection = defineCollection({
  name: 'invitations',
  schema: Invitation,
  version: 1,
  indexes: {},
});

/** Who invited the user, or null. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<Invitation | null> {
  return reader.find(collection, userId);
}

/** Stores a new invitation. */
export function insert(tx: Tx, invitation: Invitation): Promise<void> {
  return tx.insert(collection, invitation);
}

/** Stores what has become of it. */
export function save(tx: Tx, invitation: Invitation): Promise<void> {
  return tx.update(collection, invitation);
}
