/** What the shop's owner configures of selling. Every process reads it when it starts, so it needs few schemas. */
import * as z from 'zod';
import { BasisPoints, Fen } from '../base.ts';
import { ProductKind } from '../catalogue/productKind.ts';

/** Which promotions may be combined on one line; for the last three, on the whole order. */
export const Combinations = z.strictObject({
  flashWithCampaign: z.boolean().default(false),
  flashWithCoupon: z.boolean().default(false),
  flashWithPoints: z.boolean().default(true),
  limitedWithCampaign: z.boolean().default(true),
  limitedWithCoupon: z.boolean().default(true),
  memberWithCampaign: z.boolean().default(true),
  memberWithCoupon: z.boolean().default(true),
  campaignWithCoupon: z.boolean().default(true),
  campaignWithPoints: z.boolean().default(true),
  couponWithPoints: z.boolean().default(true),
});
export type Combinations = z.infer<typeof Combinations>;

/**
 * The configuration of selling. The defaults follow the strictest reading of the platforms' rules. By default all
 * promotions may be combined, except a flash sale with a campaign or a coupon.
 */
export const Selling = z.strictObject({
  /** The kinds that the owner's licence allows WeChat Pay to sell inside the mini-program. */
  wxpayKindsInMiniProgram: z.array(ProductKind).default([]),
  /** For virtual payment: the least share of a price that has to be paid, unless nothing is paid at all. */
  xpayShareMin: BasisPoints.prefault(4_000),
  /** Whether a price may be discounted on iOS at all. */
  mayDiscountOnIos: z.boolean().default(false),
  /** The largest share of an order that points may pay. */
  pointsShareMax: BasisPoints.prefault(5_000),
  /** A reward in points is at most this share of the money it is for: what was paid and not refunded. */
  rewardShareMax: BasisPoints.prefault(1_000),
  /** There is no reward for less money than this. */
  rewardOrderMinFen: Fen.prefault(1_000),
  combinations: Combinations.prefault({}),
});
export type Selling = z.infer<typeof Selling>;
