/** Which orders a buyer may still have open: one document for each user, under the user's id. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { OpenOrders } from '../../schemas/orders/openOrders.ts';
import { defineCollection, store } from '../collection.ts';

/** By id only: the user's. */
export const collection = defineCollection({
  name: 'openOrders',
  schema: OpenOrders,
  version: 1,
  indexes: {},
});

/** The user's list, or null for who never had to pay for an order. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<OpenOrders | null> {
  return reader.find(collection, userId);
}

/** Stores what has become of `before`. */
export function save(tx: Tx, before: OpenOrders | null, after: OpenOrders): Promise<void> {
  return store(tx, collection, before, after);
}
