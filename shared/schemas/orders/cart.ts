/** What a learner means to buy. Prices are never in it: they come from the catalogue each time it is looked at. */
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
 * A cart as it would be priced now, oldest item first. What is no longer on sale, owned already, or in another item's
 * bundle, is shown and not counted.
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
      /** Whether it is not sold to the caller, because they have it for ever or at least as long. */
      isOwned: z.boolean(),
      /** When what the caller has of it ends, exclusive; null for never, or when they have nothing. */
      untilAtMs: TimeMs.nullable(),
      /** Whether it is part of a bundle that is in the cart too: the two are not sold together. */
      isInBundle: z.boolean(),
      addedAtMs: TimeMs,
    }),
  ),
  /** What is counted, at list price. */
  listTotalFen: Fen,
  /** What an order of all that is counted would be quoted, without a coupon and points. */
  totalFen: Fen,
  /** What was taken off by that. */
  applied: z.array(Applied),
});
export type CartView = z.infer<typeof CartView>;
