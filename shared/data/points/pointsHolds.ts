/** The collection of the points that orders hold or have spent, under the orders' ids. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { OrderId } from '../../schemas/base.ts';
import { PointsHold } from '../../schemas/points/points.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by the order's id only. */
export const collection = defineCollection({
  name: 'pointsHolds',
  schema: PointsHold,
  version: 1,
  indexes: {},
});

/** The order's hold (held, released or spent); null when it never held points. */
export function find(reader: Pick<Reader, 'find'>, orderId: OrderId): Promise<PointsHold | null> {
  return reader.find(collection, orderId);
}

/** Stores `after` in place of `before` (null when new). */
export function save(tx: Tx, before: PointsHold | null, after: PointsHold): Promise<void> {
  return store(tx, collection, before, after);
}
