/** The collection of memberships: one document for each user who ever had a membership or a bundle. */
import type { Reader, Tx } from '../../ports/database.ts';
import { Membership } from '../../schemas/access/membership.ts';
import type { UserId } from '../../schemas/base.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by the user's id only. */
export const collection = defineCollection({
  name: 'memberships',
  schema: Membership,
  version: 1,
  indexes: {},
});

/** The user's membership with its ended and revoked grants; null when there never was one. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<Membership | null> {
  return reader.find(collection, userId);
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Tx, before: Membership | null, after: Membership): Promise<void> {
  return store(tx, collection, before, after);
}
