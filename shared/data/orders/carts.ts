/** Carts: one for each user, under the user's id. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { Cart } from '../../schemas/orders/cart.ts';
import { defineCollection } from '../collection.ts';

/** By id only: the user's. */
export const collection = defineCollection({ name: 'carts', schema: Cart, version: 1, indexes: {} });

/** The user's cart, or null for who never had one. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<Cart | null> {
  return reader.find(collection, userId);
}

/** Stores a user's first cart. */
export function insert(tx: Tx, cart: Cart): Promise<void> {
  return tx.insert(collection, cart);
}

/** Stores a cart's new state. */
export function save(tx: Tx, cart: Cart): Promise<void> {
  return tx.update(collection, cart);
}
