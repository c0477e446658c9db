/** Memberships. Only the grants are stored; the periods are computed from them. */
import * as z from 'zod';
import { ProductId, TimeMs, UserId } from '../base.ts';
import { MembershipPlan } from '../catalogue/product.ts';
import { GrantCause, SourceId } from './entitlement.ts';

/** What a membership covers: the whole platform, or one product and everything in it. */
export const MembershipScope = MembershipPlan.shape.scope;
export type MembershipScope = z.infer<typeof MembershipScope>;

/** The length of one grant: calendar months in Shanghai, or days of 24 hours. */
export const MembershipLength = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('months'), months: z.union([z.literal(1), z.literal(3), z.literal(12)]) }),
  z.strictObject({ kind: z.literal('days'), days: z.int().min(1).max(366) }),
]);
export type MembershipLength = z.infer<typeof MembershipLength>;

/** One grant of membership. `(sourceId, productId)` is unique, because one order may contain two plans. */
export const MembershipGrant = z.object({
  sourceId: SourceId,
  cause: GrantCause,
  /** The plan that was bought; null when staff gave membership without a plan. */
  productId: ProductId.nullable(),
  scope: MembershipScope,
  length: MembershipLength,
  atMs: TimeMs,
  state: z.enum(['active', 'revoked']),
  /** When it was taken back, for a grant that had been given. The time used until then still counts as used. */
  revokedAtMs: TimeMs.optional(),
});
export type MembershipGrant = z.infer<typeof MembershipGrant>;

/** The largest number of grants for one user. It leaves room for monthly renewals over decades. */
export const GRANTS_MAX = 400;

/** The largest number of bundles and columns for one user. */
const BUNDLES_MAX = 500;

/** A stored membership, under the user's id. It leads to everything that opens more than one product to the user. */
export const Membership = z.object({
  id: UserId,
  grants: z.array(MembershipGrant).max(GRANTS_MAX),
  /** The bundles and columns that the user was ever given. Their entitlements have to be looked at. */
  bundles: z.array(ProductId).max(BUNDLES_MAX),
  updatedAtMs: TimeMs,
});
export type Membership = z.infer<typeof Membership>;

/** The computed period of one grant; null for a grant that was taken back. `untilAtMs` is exclusive. */
export const MembershipPeriod = z.object({ fromAtMs: TimeMs, untilAtMs: TimeMs });
export type MembershipPeriod = z.infer<typeof MembershipPeriod>;

/** A membership as its owner sees it: for each scope its end and its grants with their periods, oldest first. */
export const MembershipView = z.object({
  scopes: z.array(
    z.object({
      scope: MembershipScope,
      /** The title of the product it covers; null for the platform. */
      title: z.string().nullable(),
      isLive: z.boolean(),
      /** Exclusive; 0 when no time is left. */
      untilAtMs: TimeMs,
      grants: z.array(MembershipGrant.omit({ scope: true }).extend({ period: MembershipPeriod.nullable() })),
    }),
  ),
});
export type MembershipView = z.infer<typeof MembershipView>;
