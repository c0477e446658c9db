/** Which orders of a buyer may still be open: what counts them. */
import * as z from 'zod';
import { OrderId, ProductId, TimeMs, UserId } from '../base.ts';
import { LINES_MAX } from './order.ts';

/** How many orders of one buyer may be open at a time. */
export const OPEN_ORDERS_MAX = 20;

/** How many of these may have the same product in them. */
export const OPEN_OF_PRODUCT_MAX = 3;

/** An order that was placed, and what is in it. */
export const PlacedOrder = z.object({ orderId: OrderId, productIds: z.array(ProductId).max(LINES_MAX) });
export type PlacedOrder = z.infer<typeof PlacedOrder>;

/**
 * The orders that a buyer has placed last: all that are open, and some that are so no more. The id is the user's. Who is
 * missing is no longer open; who is here may be, and the order itself says.
 */
export const OpenOrders = z.object({
  id: UserId,
  placed: z.array(PlacedOrder).max(OPEN_ORDERS_MAX),
  updatedAtMs: TimeMs,
});
export type OpenOrders = z.infer<typeof OpenOrders>;
