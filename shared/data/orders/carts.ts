/** The collection of carts: one for each user, under the user's id. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { Cart } from '../../schemas/orders/cart.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by the user's id only. */
export const collection = defineCollection({ name: 'carts', schema: Cart, version: 1, indexes: {} });

/** The user's cart; null when they never had one. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<Cart | null> {
  return reader.find(collection, userId);
}

/** Stores a cart's new state. */
export function save(tx: Tx, before: Cart | null, after: Cart): Promise<void> {
  return store(tx, collection, before, after);
}
