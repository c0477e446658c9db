/** The collection of buyers' possibly open orders: one document for each user, under the user's id. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { OpenOrders } from '../../schemas/orders/openOrders.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by the user's id only. */
export const collection = defineCollection({
  name: 'openOrders',
  schema: OpenOrders,
  version: 1,
  indexes: {},
});

/** The user's list; null when they never placed an order with something to pay. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<OpenOrders | null> {
  return reader.find(collection, userId);
}

/** Stores `after` in place of `before` (null when new). */
export function save(tx: Tx, before: OpenOrders | null, after: OpenOrders): Promise<void> {
  return store(tx, collection, before, after);
}
