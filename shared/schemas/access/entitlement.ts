/** Who may use what, and why. */
import * as z from 'zod';
import { ProductId, pageOf, TimeMs, UserId } from '../base.ts';
import { PARTS_MAX } from '../catalogue/product.ts';

/** What access came from: a paid order, a friend's gift, a redeem code, points, or a member of staff. */
export const GrantCause = z.enum(['order', 'gift', 'code', 'points', 'staff']);
export type GrantCause = z.infer<typeof GrantCause>;

/** The id of what gave access: an order's, a gift's, a redemption's. With the product it is what makes a grant once. */
export const SourceId = z.string().regex(/^[A-Za-z0-9_:-]{1,80}$/);
export type SourceId = z.infer<typeof SourceId>;

/** One reason for access. `untilAtMs` is exclusive; null for ever. */
export const EntitlementSource = z.object({
  sourceId: SourceId,
  cause: GrantCause,
  fromAtMs: TimeMs,
  untilAtMs: TimeMs.nullable(),
  /** Whether it ends on a date, whenever it was had; otherwise it is a length of time, and is added to what there is. */
  isDated: z.boolean(),
  state: z.enum(['active', 'revoked']),
  /** Of what was taken back after it had been given: when. What was lived of it by then stays lived. */
  revokedAtMs: TimeMs.optional(),
  /** Of a bundle: its version when it was promised. What has left the bundle since is still opened. */
  version: z.int().min(1).optional(),
  /** Of a bundle: the parts that were not paid for, because the buyer had them. It does not open those. */
  without: z.array(ProductId).max(PARTS_MAX).optional(),
});
export type EntitlementSource = z.infer<typeof EntitlementSource>;

/** How many reasons one user may have for one product: a course for one day, bought again each day for years. */
export const SOURCES_MAX = 1000;

/** All reasons one user has for one product: `<userId>:<productId>`. Access is what they fold to. */
export const Entitlement = z.object({
  id: z.string().max(70),
  userId: UserId,
  productId: ProductId,
  sources: z.array(EntitlementSource).max(SOURCES_MAX),
  updatedAtMs: TimeMs,
});
export type Entitlement = z.infer<typeof Entitlement>;

/** All reasons one user has for one product as staff see them, and when what they come to ends. */
export const StaffEntitlementView = Entitlement.omit({ id: true, userId: true }).extend({
  /** Exclusive; null for never, 0 when there is no access by itself. What a bundle or a membership opens is not in it. */
  untilAtMs: TimeMs.nullable(),
});
export type StaffEntitlementView = z.infer<typeof StaffEntitlementView>;

/** One page of what a user has or had, for staff. */
export const EntitlementPage = pageOf(Entitlement.omit({ id: true, userId: true }));

/** The id of all the reasons that one user has for one product. */
export function entitlementId(userId: UserId, productId: ProductId): string {
  return `${userId}:${productId}`;
}
