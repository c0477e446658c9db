/** Memberships: one document for each user who ever had one, or a bundle. */
import type { Reader, Tx } from '../../ports/database.ts';
import { Membership } from '../../schemas/access/membership.ts';
import type { UserId } from '../../schemas/base.ts';
import { defineCollection, store } from '../collection.ts';

/** By id only: the user's. */
export const collection = defineCollection({
  name: 'memberships',
  schema: Membership,
  version: 1,
  indexes: {},
});

/** The user's membership, ended and revoked grants and all, or null when there never was one. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<Membership | null> {
  return reader.find(collection, userId);
}

/** Stores what has become of `before`: nothing when it is the same object. */
export function save(tx: Tx, before: Membership | null, after: Membership): Promise<void> {
  return store(tx, collection, before, after);
}
