/** What orders hold of their buyers' points, or have spent, under the orders' ids. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { OrderId } from '../../schemas/base.ts';
import { PointsHold } from '../../schemas/points/points.ts';
import { defineCollection, store } from '../collection.ts';

/** By id only: who asks knows the order. */
export const collection = defineCollection({
  name: 'pointsHolds',
  schema: PointsHold,
  version: 1,
  indexes: {},
});

/** What the order holds, has given back, or has spent; null when it never held any. */
export function find(reader: Pick<Reader, 'find'>, orderId: OrderId): Promise<PointsHold | null> {
  return reader.find(collection, orderId);
}

/** Stores what has become of `before`. */
export function save(tx: Tx, before: PointsHold | null, after: PointsHold): Promise<void> {
  return store(tx, collection, before, after);
}
