/** Coupons: the template that staff publish, and the copy of its rule that a user holds. */
import * as z from 'zod';
import {
  BasisPoints,
  CouponGrantId,
  CouponId,
  DropId,
  Fen,
  OrderId,
  ProductId,
  pageOf,
  storedText,
  TemplateId,
  TimeMs,
  text,
  UserId,
} from '../base.ts';
import { ProductKind } from '../catalogue/productKind.ts';
import { PointsCount } from '../points/points.ts';

/** An amount in a coupon's rule. It is never 0, because the rule would then do nothing. */
const RuleFen = Fen.min(1);

/**
 * What a coupon takes off the eligible lines.
 *
 * - `full_reduction` (满减): `offFen`, once they come to `thresholdFen`.
 * - `discount` (折扣): `offBasisPoints` of their amount, at most `capFen`, once they come to `thresholdFen`.
 * - `fixed` (立减): `offFen`, without a threshold.
 */
export const CouponRule = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('full_reduction'), thresholdFen: RuleFen, offFen: RuleFen })
    .refine((rule) => rule.offFen <= rule.thresholdFen, { path: ['offFen'] }),
  z.strictObject({
    kind: z.literal('discount'),
    thresholdFen: Fen,
    /** The share taken off: 2000 means 20 % off (八折). */
    offBasisPoints: BasisPoints.min(1),
    capFen: RuleFen,
  }),
  z.strictObject({ kind: z.literal('fixed'), offFen: RuleFen }),
]);
export type CouponRule = z.infer<typeof CouponRule>;

/** Which lines a coupon applies to. */
export const CouponScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('kinds'), kinds: z.array(ProductKind).min(1).max(10) }),
  z.strictObject({ kind: z.literal('products'), productIds: z.array(ProductId).min(1).max(100) }),
]);
export type CouponScope = z.infer<typeof CouponScope>;

/**
 * When a claimed coupon can be used (限时): in a fixed window (`untilAtMs` is exclusive), or for N days from the
 * claim.
 */
export const CouponValidity = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('window'), fromAtMs: TimeMs, untilAtMs: TimeMs })
    .refine((window) => window.fromAtMs < window.untilAtMs, { path: ['untilAtMs'] }),
  z.strictObject({ kind: z.literal('days'), days: z.int().min(1).max(365) }),
]);
export type CouponValidity = z.infer<typeof CouponValidity>;

/** The largest number of products in `buyersOf`. */
const BUYERS_OF_MAX = 10;

/** The largest number of coupons of one template that one user may have. */
export const PER_USER_MAX = 100;

/**
 * A coupon template as staff write it. `audience` says who may claim: `all`; `new_users` who registered within the
 * last 7 days; `members` of the platform; `buyers` of one of the products in `buyersOf`, unless they gave it back;
 * `welcome`, which is given to each user at registration and is never claimed; `drop`, of which staff drop some at a
 * time (`schemas/talk/drop.ts`).
 */
export const CouponTemplateDraft = z
  .strictObject({
    /** Made by the client, so that a repeat creates once. */
    id: TemplateId,
    title: text(40),
    rule: CouponRule,
    scope: CouponScope,
    validity: CouponValidity,
    /** When it can be claimed; `claimUntilAtMs` is exclusive. */
    claimFromAtMs: TimeMs,
    claimUntilAtMs: TimeMs,
    /** The number of coupons in all shards together. */
    stock: z.int().min(1).max(1_000_000),
    perUserMax: z.int().min(1).max(PER_USER_MAX),
    audience: z.enum(['all', 'new_users', 'members', 'buyers', 'welcome', 'drop']),
    buyersOf: z.array(ProductId).max(BUYERS_OF_MAX).default([]),
    /** The price of one coupon in points; null when claiming is free. */
    pointsPrice: PointsCount.nullable().default(null),
  })
  .refine((draft) => draft.claimFromAtMs < draft.claimUntilAtMs, { path: ['claimUntilAtMs'] })
  .refine((draft) => (draft.audience === 'buyers') === draft.buyersOf.length > 0, { path: ['buyersOf'] })
  .refine((draft) => draft.perUserMax === 1 || draft.audience !== 'welcome', { path: ['perUserMax'] })
  .refine((draft) => draft.pointsPrice === null || !['welcome', 'drop'].includes(draft.audience), {
    path: ['pointsPrice'],
  })
  .refine((draft) => draft.validity.kind === 'days' || draft.validity.untilAtMs > draft.claimFromAtMs, {
    path: ['validity'],
  });
export type CouponTemplateDraft = z.infer<typeof CouponTemplateDraft>;

/** The largest number of shards of a template's stock. */
export const SHARDS_MAX = 16;

/**
 * The state of a template: `draft → published → ended`. Once it is published its rule never changes; it can only be
 * lengthened or get more stock. Claimed coupons stay valid after it has ended.
 */
export const TemplateState = z.enum(['draft', 'published', 'ended']);
export type TemplateState = z.infer<typeof TemplateState>;

/** A stored template. Its stock is in shards (`CouponStock`), not here. */
export const CouponTemplate = z.object({
  ...CouponTemplateDraft.shape,
  title: storedText(CouponTemplateDraft.shape.title),
  state: TemplateState,
  /** Rises with every change. A request to lengthen it names the version that staff saw. */
  version: z.int().min(1),
  shardCount: z.int().min(1).max(SHARDS_MAX),
  /** A digest of the draft it was created with. The same id with other content is refused. */
  draftDigest: z.string().length(64),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type CouponTemplate = z.infer<typeof CouponTemplate>;

/** How staff lengthen a published template. Each field is the new value; a field that is left out stays as it is. */
export const TemplateExtension = z.strictObject({
  templateId: TemplateId,
  /** The version of the template that staff saw. */
  expectedVersion: z.int().min(1),
  claimUntilAtMs: TimeMs.optional(),
  /** For coupons with a fixed window: the new end of that window, for coupons claimed from now on. */
  validUntilAtMs: TimeMs.optional(),
  /** The new total number of coupons, those already issued included. */
  stock: CouponTemplateDraft.shape.stock.optional(),
});
export type TemplateExtension = z.infer<typeof TemplateExtension>;

/** A stored record of a coupon that staff gave to a user, under the id that the client made. */
export const CouponGrant = z.object({
  id: CouponGrantId,
  templateId: TemplateId,
  userId: UserId,
  couponId: CouponId,
  /** Whether it exceeds the template's per-user limit. */
  isOverLimit: z.boolean(),
  createdAtMs: TimeMs,
});
export type CouponGrant = z.infer<typeof CouponGrant>;

/** A template as staff see it. */
export const StaffCouponTemplateView = CouponTemplate.omit({ draftDigest: true, shardCount: true });
export type StaffCouponTemplateView = z.infer<typeof StaffCouponTemplateView>;

/** A template with its stock, counted a moment ago. Nothing is issued before it is published. */
export const CountedTemplateView = StaffCouponTemplateView.extend({
  issuedCount: z.int(),
  leftCount: z.int(),
});
export type CountedTemplateView = z.infer<typeof CountedTemplateView>;

/** One page of templates, for staff. */
export const CountedTemplatePage = pageOf(CountedTemplateView);

/**
 * One shard of a template's stock, under `<template id>:<i>`. It is decided on inside the transaction that takes a
 * coupon.
 */
export const CouponStock = z.object({
  id: z.string().max(40),
  templateId: TemplateId,
  remaining: z.int().min(0),
  issued: z.int().min(0),
  /** What is set aside for each open drop. */
  held: z.record(DropId, z.int().min(0)),
});
export type CouponStock = z.infer<typeof CouponStock>;

/** The number of a coupon among a user's coupons of one template, from 1 to the per-user limit. */
export const CouponNumber = z.int().min(1).max(PER_USER_MAX);

/** The state of a user's coupon. */
export const CouponState = z.enum(['available', 'locked', 'used', 'expired']);
export type CouponState = z.infer<typeof CouponState>;

/** A user's coupon. It copies the rule as it was when it was claimed. */
export const Coupon = z.object({
  id: CouponId,
  userId: UserId,
  templateId: TemplateId,
  title: storedText(CouponTemplateDraft.shape.title),
  rule: CouponRule,
  scope: CouponScope,
  state: CouponState,
  /** The order that locked or used it. */
  orderId: OrderId.nullable(),
  validFromAtMs: TimeMs,
  /** Exclusive. */
  expiresAtMs: TimeMs,
  claimedAtMs: TimeMs,
  /** Whether a refund has lengthened it, which happens once. Left out when it never was. */
  isLengthened: z.boolean().optional(),
  updatedAtMs: TimeMs,
});
export type Coupon = z.infer<typeof Coupon>;

/** A coupon as its owner sees it. */
export const CouponView = Coupon.omit({ userId: true, updatedAtMs: true, isLengthened: true });
export type CouponView = z.infer<typeof CouponView>;

/** One page of a user's coupons. */
export const CouponPage = pageOf(CouponView);

/** Why a template cannot be claimed now. */
export const NotClaimable = z.enum([
  'not_started',
  'ended',
  'sold_out',
  'limit_reached',
  'not_for_you',
  'for_points',
  'login_first',
]);
export type NotClaimable = z.infer<typeof NotClaimable>;

/** A template as learners see it: whether it can be claimed and, if not, why. */
export const ClaimableView = z.object({
  id: TemplateId,
  title: z.string(),
  rule: CouponRule,
  scope: CouponScope,
  validity: CouponValidity,
  claimFromAtMs: TimeMs,
  claimUntilAtMs: TimeMs,
  perUserMax: z.int(),
  /** Null when claiming is free. Otherwise it is redeemed for this many points. */
  pointsPrice: z.int().nullable(),
  claimedCount: z.int(),
  mayClaim: z.boolean(),
  whyNot: NotClaimable.nullable(),
});
export type ClaimableView = z.infer<typeof ClaimableView>;

/** One page of templates. */
export const ClaimablePage = pageOf(ClaimableView);
