/** Who may use what, and why. */
import * as z from 'zod';
import { OrderId, ProductId, TimeMs, UserId } from './base.ts';

/** One reason for access: an order's line. `untilAtMs` is exclusive; null for ever. */
export const EntitlementSource = z.object({
  orderId: OrderId,
  fromAtMs: TimeMs,
  untilAtMs: TimeMs.nullable(),
  state: z.enum(['active', 'revoked']),
});
export type EntitlementSource = z.infer<typeof EntitlementSource>;

/** How many reasons one user may have for one product: a course for one day, bought again each day for years. */
const SOURCES_MAX = 1000;

/** All reasons one user has for one product: `<userId>:<productId>`. Access is what they fold to. */
export const Entitlement = z.object({
  id: z.string().max(70),
  userId: UserId,
  productId: ProductId,
  sources: z.array(EntitlementSource).max(SOURCES_MAX),
  updatedAtMs: TimeMs,
});
export type Entitlement = z.infer<typeof Entitlement>;

/** The id of all the reasons that one user has for one product. */
export function entitlementId(userId: UserId, productId: ProductId): string {
  return `${userId}:${productId}`;
}
