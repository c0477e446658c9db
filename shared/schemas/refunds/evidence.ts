/** What Apple is told when it asks whether an order should be given back: prepared when the order was paid. */
import * as z from 'zod';
import { OrderId, ProductId, storedText, TimeMs, UserId } from '../base.ts';
import { Description } from '../catalogue/product.ts';

/** Stored evidence, under the order's id: small, because Apple waits no longer than three seconds. */
export const Evidence = z.object({
  id: OrderId,
  userId: UserId,
  productId: ProductId,
  title: storedText(Description.shape.title),
  paidAtMs: TimeMs,
  /** Whether what is used of it is another product (of a membership), or by others (of gifts): its own usage says nothing. */
  isUsedElsewhere: z.boolean().default(false),
});
export type Evidence = z.infer<typeof Evidence>;
