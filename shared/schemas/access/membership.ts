/** Memberships: what a member was given, of which every period is computed and none is stored. */
import * as z from 'zod';
import { ProductId, TimeMs, UserId } from '../base.ts';
import { MembershipPlan } from '../catalogue/product.ts';
import { GrantCause, SourceId } from './entitlement.ts';

/** Of what somebody is a member: of the platform, or of one product and what is in it. */
export const MembershipScope = MembershipPlan.shape.scope;
export type MembershipScope = z.infer<typeof MembershipScope>;

/** How long one grant lasts: months of the calendar in Shanghai, or days of 24 hours. */
export const MembershipLength = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('months'), months: z.union([z.literal(1), z.literal(3), z.literal(12)]) }),
  z.strictObject({ kind: z.literal('days'), days: z.int().min(1).max(366) }),
]);
export type MembershipLength = z.infer<typeof MembershipLength>;

/** One time that membership was given. `(sourceId, productId)` is unique: one order may have two plans. */
export const MembershipGrant = z.object({
  sourceId: SourceId,
  cause: GrantCause,
  /** The plan that was bought; null for what staff gave without one. */
  productId: ProductId.nullable(),
  scope: MembershipScope,
  length: MembershipLength,
  atMs: TimeMs,
  state: z.enum(['active', 'revoked']),
  /** Of one that was taken back after it had been given: when. What was lived of it by then stays lived. */
  revokedAtMs: TimeMs.optional(),
});
export type MembershipGrant = z.infer<typeof MembershipGrant>;

/** How many times one user may be given membership: a month at a time for decades. */
export const GRANTS_MAX = 400;

/** How many bundles and columns one user may have. */
const BUNDLES_MAX = 500;

/** A stored membership, under the user's id: everything that opens more than one product to a user is found by it. */
export const Membership = z.object({
  id: UserId,
  grants: z.array(MembershipGrant).max(GRANTS_MAX),
  /** The bundles and columns that the user was ever given: which of their entitlements to look at. */
  bundles: z.array(ProductId).max(BUNDLES_MAX),
  updatedAtMs: TimeMs,
});
export type Membership = z.infer<typeof Membership>;

/** When one grant counts, as computed; null for one that was taken back. `untilAtMs` is exclusive. */
export const MembershipPeriod = z.object({ fromAtMs: TimeMs, untilAtMs: TimeMs });
export type MembershipPeriod = z.infer<typeof MembershipPeriod>;

/** A membership as its owner sees it: of each scope when it ends, and the grants with their periods, oldest first. */
export const MembershipView = z.object({
  scopes: z.array(
    z.object({
      scope: MembershipScope,
      /** Of what: the product's title; null for the platform. */
      title: z.string().nullable(),
      isLive: z.boolean(),
      /** Exclusive; 0 when nothing is left of it. */
      untilAtMs: TimeMs,
      grants: z.array(MembershipGrant.omit({ scope: true }).extend({ period: MembershipPeriod.nullable() })),
    }),
  ),
});
export type MembershipView = z.infer<typeof MembershipView>;
