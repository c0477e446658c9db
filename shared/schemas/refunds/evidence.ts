/** Evidence for Apple, for when it asks whether to refund an order. It is prepared when the order is paid. */
import * as z from 'zod';
import { OrderId, ProductId, storedText, TimeMs, UserId } from '../base.ts';
import { Description } from '../catalogue/product.ts';

/** Stored evidence, under the order's id. It is small, because Apple waits no longer than three seconds. */
export const Evidence = z.object({
  id: OrderId,
  userId: UserId,
  productId: ProductId,
  title: storedText(Description.shape.title),
  paidAtMs: TimeMs,
  /**
   * Whether it is used through other products (a membership) or by other people (gifts). Its own usage then says
   * nothing.
   */
  isUsedElsewhere: z.boolean().default(false),
});
export type Evidence = z.infer<typeof Evidence>;
