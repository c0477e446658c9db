/** What is told of an order that has been paid. */
import * as z from 'zod';
import { Fen, OrderId, ProductId, TimeMs, UserId } from '../base.ts';
import { AccessRule } from '../catalogue/product.ts';

/** A paid order, as far as the effects of its payment need it. */
export const PaidOrder = z.object({
  orderId: OrderId,
  userId: UserId,
  paidFen: Fen,
  /** The points that the order earns. Pricing decides them from the amount that is really paid. */
  earnsPoints: z.int().min(0),
  lines: z.array(z.object({ productId: ProductId, access: AccessRule })),
  paidAtMs: TimeMs,
});
