/** Coupons: the rule staff publish (a template), and the copy of it in a user's hands. */
import * as z from 'zod';
import {
  BasisPoints,
  CouponGrantId,
  CouponId,
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
import { ProductKind } from '../catalogue/product.ts';
import { PointsCount } from '../points/points.ts';

/** Money a rule names: never 0, or the rule would do nothing. */
const RuleFen = Fen.min(1);

/**
 * What a coupon takes off the eligible lines:
 * `full_reduction` (满减) `offFen` once they come to `thresholdFen`; `discount` (折扣) `offBasisPoints` of them, at
 * most `capFen`, once they come to `thresholdFen`; `fixed` (立减) `offFen` with no threshold.
 */
export const CouponRule = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('full_reduction'), thresholdFen: RuleFen, offFen: RuleFen })
    .refine((rule) => rule.offFen <= rule.thresholdFen, { path: ['offFen'] }),
  z.strictObject({
    kind: z.literal('discount'),
    thresholdFen: Fen,
    /** How much is taken off: 2000 is 八折. */
    offBasisPoints: BasisPoints.min(1),
    capFen: RuleFen,
  }),
  z.strictObject({ kind: z.literal('fixed'), offFen: RuleFen }),
]);
export type CouponRule = z.infer<typeof CouponRule>;

/** Which lines a coupon is for. */
export const CouponScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('kinds'), kinds: z.array(ProductKind).min(1).max(10) }),
  z.strictObject({ kind: z.literal('products'), productIds: z.array(ProductId).min(1).max(100) }),
]);
export type CouponScope = z.infer<typeof CouponScope>;

/** When a claimed coupon can be used (限时): from … until (exclusive), or for N days from the claim. */
export const CouponValidity = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('window'), fromAtMs: TimeMs, untilAtMs: TimeMs })
    .refine((window) => window.fromAtMs < window.untilAtMs, { path: ['untilAtMs'] }),
  z.strictObject({ kind: z.literal('days'), days: z.int().min(1).max(365) }),
]);
export type CouponValidity = z.infer<typeof CouponValidity>;

/** Of how many products a template may ask whether they were bought. */
const BUYERS_OF_MAX = 10;

/** How many coupons of one template a user may have at most, whatever staff write. */
export const PER_USER_MAX = 100;

/**
 * What staff write. `audience`: `all`; `new_users`, who registered within the last 7 days; `members` of the platform;
 * `buyers` of one of the products `buyersOf`, who have not given it back; `welcome`, given to each at registration and
 * never claimed.
 */
export const CouponTemplateDraft = z
  .strictObject({
    /** Made by the client, so that a repeat creates once. */
    id: TemplateId,
    title: text(40),
    rule: CouponRule,
    scope: CouponScope,
    validity: CouponValidity,
    /** Claimed from … until (exclusive). */
    claimFromAtMs: TimeMs,
    claimUntilAtMs: TimeMs,
    /** How many there are, over all shards. */
    stock: z.int().min(1).max(1_000_000),
    perUserMax: z.int().min(1).max(PER_USER_MAX),
    audience: z.enum(['all', 'new_users', 'members', 'buyers', 'welcome']),
    buyersOf: z.array(ProductId).max(BUYERS_OF_MAX).default([]),
    /** What one costs in points; null when it is claimed for nothing. */
    pointsPrice: PointsCount.nullable().default(null),
  })
  .refine((draft) => draft.claimFromAtMs < draft.claimUntilAtMs, { path: ['claimUntilAtMs'] })
  .refine((draft) => (draft.audience === 'buyers') === draft.buyersOf.length > 0, { path: ['buyersOf'] })
  .refine((draft) => draft.perUserMax === 1 || draft.audience !== 'welcome', { path: ['perUserMax'] })
  .refine((draft) => draft.pointsPrice === null || draft.audience !== 'welcome', { path: ['pointsPrice'] })
  .refine((draft) => draft.validity.kind === 'days' || draft.validity.untilAtMs > draft.claimFromAtMs, {
    path: ['validity'],
  });
export type CouponTemplateDraft = z.infer<typeof CouponTemplateDraft>;

/** How many shards a stock has at most. */
export const SHARDS_MAX = 16;

/**
 * A template: `draft → published → ended`. From publication on its rule never changes: it can only last longer, and there
 * can only be more. What was claimed stays good after its end.
 */
export const TemplateState = z.enum(['draft', 'published', 'ended']);
export type TemplateState = z.infer<typeof TemplateState>;

/** A stored template. Its stock lives in shards (`CouponStock`), not here. */
export const CouponTemplate = z.object({
  ...CouponTemplateDraft.shape,
  title: storedText(CouponTemplateDraft.shape.title),
  state: TemplateState,
  /** Rises with every change: who lengthens it says which they saw. */
  version: z.int().min(1),
  shardCount: z.int().min(1).max(SHARDS_MAX),
  /** Of what was asked for when it was made, so that the same id with other content is refused. */
  draftDigest: z.string().length(64),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type CouponTemplate = z.infer<typeof CouponTemplate>;

/** What staff lengthen of a published template, each as it is to be. What is not given stays. */
export const TemplateExtension = z.strictObject({
  templateId: TemplateId,
  /** The version of the template that they saw. */
  expectedVersion: z.int().min(1),
  claimUntilAtMs: TimeMs.optional(),
  /** Of one whose coupons are good until a date: that date, for coupons that are claimed from now on. */
  validUntilAtMs: TimeMs.optional(),
  /** How many there are in all, with those that are out. */
  stock: CouponTemplateDraft.shape.stock.optional(),
});
export type TemplateExtension = z.infer<typeof TemplateExtension>;

/** A stored record of a coupon that staff gave somebody, under the id that the client made. */
export const CouponGrant = z.object({
  id: CouponGrantId,
  templateId: TemplateId,
  userId: UserId,
  couponId: CouponId,
  /** Whether it is beyond what the template lets one person have. */
  isOverLimit: z.boolean(),
  createdAtMs: TimeMs,
});
export type CouponGrant = z.infer<typeof CouponGrant>;

/** A template as staff see it. */
export const StaffCouponTemplateView = CouponTemplate.omit({ draftDigest: true, shardCount: true });
export type StaffCouponTemplateView = z.infer<typeof StaffCouponTemplateView>;

/** A template with what became of its stock, true for a moment only: nothing is out before it is published. */
export const CountedTemplateView = StaffCouponTemplateView.extend({
  issuedCount: z.int(),
  leftCount: z.int(),
});
export type CountedTemplateView = z.infer<typeof CountedTemplateView>;

/** One page of templates, for staff. */
export const CountedTemplatePage = pageOf(CountedTemplateView);

/** One shard of a template's stock, `<template id>:<i>`: decided inside the transaction that takes one. */
export const CouponStock = z.object({
  id: z.string().max(40),
  templateId: TemplateId,
  remaining: z.int().min(0),
  issued: z.int().min(0),
});
export type CouponStock = z.infer<typeof CouponStock>;

/** Which of a user's coupons of one template: from 1 up to the per-user limit. */
export const CouponNumber = z.int().min(1).max(PER_USER_MAX);

/** The state of a coupon in a user's hands. */
export const CouponState = z.enum(['available', 'locked', 'used', 'expired']);
export type CouponState = z.infer<typeof CouponState>;

/** A user's coupon: a copy of the rule as it was when claimed. */
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
  /** Whether a refund has lengthened it: that happens once. Not there for one that was never lengthened. */
  isLengthened: z.boolean().optional(),
  updatedAtMs: TimeMs,
});
export type Coupon = z.infer<typeof Coupon>;

/** A coupon as its owner sees it. */
export const CouponView = Coupon.omit({ userId: true, updatedAtMs: true, isLengthened: true });
export type CouponView = z.infer<typeof CouponView>;

/** One page of a user's coupons. */
export const CouponPage = pageOf(CouponView);

/** Why a template cannot be claimed right now. */
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

/** A template as learners see it, with whether it can be claimed and, if not, why not. */
export const ClaimableView = z.object({
  id: TemplateId,
  title: z.string(),
  rule: CouponRule,
  scope: CouponScope,
  validity: CouponValidity,
  claimFromAtMs: TimeMs,
  claimUntilAtMs: TimeMs,
  perUserMax: z.int(),
  /** Null for what is claimed for nothing; otherwise it is redeemed for so many points. */
  pointsPrice: z.int().nullable(),
  claimedCount: z.int(),
  mayClaim: z.boolean(),
  whyNot: NotClaimable.nullable(),
});
export type ClaimableView = z.infer<typeof ClaimableView>;

/** One page of templates. */
export const ClaimablePage = pageOf(ClaimableView);
