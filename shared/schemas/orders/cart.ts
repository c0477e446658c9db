/** Carts. A cart contains no prices; they come from the catalogue each time it is shown. */
import * as z from 'zod';
import { Fen, ProductId, TimeMs, UserId } from '../base.ts';
import { TodaysPrice } from '../catalogue/product.ts';
import { Applied, LINES_MAX } from './order.ts';

/** A stored cart, under the user's id. */
export const Cart = z.object({
  id: UserId,
  items: z.array(z.object({ productId: ProductId, addedAtMs: TimeMs })).max(LINES_MAX),
  updatedAtMs: TimeMs,
});
export type Cart = z.infer<typeof Cart>;

/**
 * A cart as it would be priced now, oldest item first. Items that are off sale, already owned, or part of a bundle
 * in the cart are shown but not counted.
 */
export const CartView = z.object({
  items: z.array(
    z.object({
      productId: ProductId,
      title: z.string(),
      coverUrl: z.string(),
      listFen: Fen,
      price: TodaysPrice,
      isOnSale: z.boolean(),
      /** Whether the caller cannot buy it because they have it for ever, or for at least as long. */
      isOwned: z.boolean(),
      /** When the caller's access to it ends (exclusive); null for never, or when they have none. */
      untilAtMs: TimeMs.nullable(),
      /** Whether it is part of a bundle in the same cart. The two are not sold together. */
      isInBundle: z.boolean(),
      addedAtMs: TimeMs,
    }),
  ),
  /** The sum of the counted items at list price. */
  listTotalFen: Fen,
  /** What an order of all counted items would cost, without a coupon and points. */
  totalFen: Fen,
  /** The promotions in `totalFen`. */
  applied: z.array(Applied),
});
export type CartView = z.infer<typeof CartView>;
