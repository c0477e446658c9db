/** Entitlements: who may use what, and why. */
import * as z from 'zod';
import { ProductId, pageOf, TimeMs, UserId } from '../base.ts';
import { PARTS_MAX } from '../catalogue/product.ts';

/**
 * What gave the access: a paid order, a friend's gift, a redeem code, points, a member of staff, or a trial. What is on
 * trial may be used, and is not owned.
 */
export const GrantCause = z.enum(['order', 'gift', 'code', 'points', 'staff', 'trial']);
export type GrantCause = z.infer<typeof GrantCause>;

/**
 * The id of what gave the access: an order's, a gift's, a redemption's. Together with the product it identifies one
 * grant, so that nothing is granted twice.
 */
export const SourceId = z.string().regex(/^[A-Za-z0-9_:-]{1,80}$/);
export type SourceId = z.infer<typeof SourceId>;

/** One reason for access. `untilAtMs` is exclusive; null means for ever. */
export const EntitlementSource = z.object({
  sourceId: SourceId,
  cause: GrantCause,
  fromAtMs: TimeMs,
  untilAtMs: TimeMs.nullable(),
  /**
   * True when it ends on a fixed date, whenever it was given. False when it is a length of time, which is added to
   * the end of what the user has.
   */
  isDated: z.boolean(),
  state: z.enum(['active', 'revoked']),
  /** When it was taken back, for access that had been given. The time used until then still counts as used. */
  revokedAtMs: TimeMs.optional(),
  /** For a bundle: its version when it was granted. Parts that left the bundle after that version stay open. */
  version: z.int().min(1).optional(),
  /**
   * For a bundle: the parts that were left out of the price because the buyer had them. This source does not open
   * them.
   */
  without: z.array(ProductId).max(PARTS_MAX).optional(),
});
export type EntitlementSource = z.infer<typeof EntitlementSource>;

/**
 * The largest number of sources that one user may have for one product. It leaves room for a one-day course bought
 * daily for years.
 */
export const SOURCES_MAX = 1000;

/** All sources that one user has for one product, under `<userId>:<productId>`. Access is folded from all of them. */
export const Entitlement = z.object({
  id: z.string().max(70),
  userId: UserId,
  productId: ProductId,
  sources: z.array(EntitlementSource).max(SOURCES_MAX),
  updatedAtMs: TimeMs,
});
export type Entitlement = z.infer<typeof Entitlement>;

/** One user's sources for one product as staff see them, and the end of the access they give together. */
export const StaffEntitlementView = Entitlement.omit({ id: true, userId: true }).extend({
  /**
   * Exclusive. Null for never, 0 when these sources give no access. What a bundle or a membership opens is not
   * counted.
   */
  untilAtMs: TimeMs.nullable(),
});
export type StaffEntitlementView = z.infer<typeof StaffEntitlementView>;

/** One page of a user's entitlements, present and past, for staff. */
export const EntitlementPage = pageOf(Entitlement.omit({ id: true, userId: true }));

/** The id of one user's entitlement for one product. */
export function entitlementId(userId: UserId, productId: ProductId): string {
  return `${userId}:${productId}`;
}
