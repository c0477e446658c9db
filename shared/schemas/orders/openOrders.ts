/** A buyer's orders that may still be open, for counting them. */
import * as z from 'zod';
import { OrderId, ProductId, TimeMs, UserId } from '../base.ts';
import { LINES_MAX } from './order.ts';

/** The largest number of open orders of one buyer. */
export const OPEN_ORDERS_MAX = 20;

/** The largest number of a buyer's open orders that contain the same product. */
export const OPEN_OF_PRODUCT_MAX = 3;

/** A placed order and its products. */
export const PlacedOrder = z.object({ orderId: OrderId, productIds: z.array(ProductId).max(LINES_MAX) });
export type PlacedOrder = z.infer<typeof PlacedOrder>;

/**
 * The orders that a buyer placed last, under the user's id. An order that is missing here is certainly not open. An
 * order that is here may be open; the order itself says.
 */
export const OpenOrders = z.object({
  id: UserId,
  placed: z.array(PlacedOrder).max(OPEN_ORDERS_MAX),
  updatedAtMs: TimeMs,
});
export type OpenOrders = z.infer<typeof OpenOrders>;
