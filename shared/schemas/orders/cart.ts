/** What a learner means to buy. Prices are never in it: they come from the catalogue each time it is looked at. */
import * as z from 'zod';
import { Fen, ProductId, TimeMs, UserId } from '../base.ts';
import { LINES_MAX } from './order.ts';

/** A stored cart, under the user's id. */
export const Cart = z.object({
  id: UserId,
  items: z.array(z.object({ productId: ProductId, addedAtMs: TimeMs })).max(LINES_MAX),
  updatedAtMs: TimeMs,
});
export type Cart = z.infer<typeof Cart>;

/** A cart with today's prices, oldest item first. What is no longer on sale, or owned already, is shown and not counted. */
export const CartView = z.object({
  items: z.array(
    z.object({
      productId: ProductId,
      title: z.string(),
      coverUrl: z.string(),
      listFen: Fen,
      isOnSale: z.boolean(),
      isOwned: z.boolean(),
      addedAtMs: TimeMs,
    }),
  ),
  totalFen: Fen,
});
export type CartView = z.infer<typeof CartView>;
