/** Who may use what, and why. */
import * as z from 'zod';
import { OrderId, ProductId, TimeMs, UserId } from './base.ts';

/** One reason for access: an order's line. `untilMs` is exclusive; null for ever. */
export const EntitlementSource = z.object({
  orderId: OrderId,
  fromMs: TimeMs,
  untilMs: TimeMs.nullable(),
  state: z.enum(['active', 'revoked']),
});
export type EntitlementSource = z.infer<typeof EntitlementSource>;

/** All reasons one user has for one product: `<userId>:<productId>`. Access is what they fold to. */
export const Entitlement = z.object({
  id: z.string().max(70),
  userId: UserId,
  productId: ProductId,
  sources: z.array(EntitlementSource).max(50),
  updatedAtMs: TimeMs,
});
export type Entitlement = z.infer<typeof Entitlement>;
