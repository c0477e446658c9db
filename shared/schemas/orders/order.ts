/** Orders: what was bought, what each line costs and why, and what became of it. */
import * as z from 'zod';
import {
  CouponId,
  Fen,
  FlashSaleId,
  OrderId,
  ProductId,
  pageOf,
  storedText,
  TimeMs,
  UserId,
} from '../base.ts';
import {
  AccessRule,
  Description,
  MembershipPlan,
  PARTS_MAX,
  PriceSource,
  ProductKind,
  RefundPolicy,
} from '../catalogue/product.ts';
import { POINTS_MAX } from '../points/points.ts';

/** How many lines a cart and an order may have: what one transaction can hold with room for everything else. */
export const LINES_MAX = 20;

/** How many friends one line can be given to at most. */
export const GIFTS_MAX = 100;

/**
 * What a buyer asks for: each product once, because access to a thing cannot be bought twice over. With `gifts` it is
 * bought for so many friends, who claim it by a link, and not for the buyer.
 */
export const OrderLines = z
  .array(z.strictObject({ productId: ProductId, gifts: z.int().min(1).max(GIFTS_MAX).optional() }))
  .min(1)
  .max(LINES_MAX)
  .refine((lines) => new Set(lines.map((line) => line.productId)).size === lines.length);
export type OrderLines = z.infer<typeof OrderLines>;

/**
 * What the buyer holds in hand. In a mini-program virtual goods are paid for by `xpay`; `web` is everything that is no
 * mini-program. Stated by the client: it decides about a way to pay and about discounts the platform forbids, never
 * about a right.
 */
export const Platform = z.enum(['ios', 'android', 'harmony', 'windows', 'web']);
export type Platform = z.infer<typeof Platform>;

/** What a client asks the price of, or orders: `points` is how many to pay with at most. */
export const AskedLines = z.strictObject({
  lines: OrderLines,
  platform: Platform.default('web'),
  points: z.int().min(0).max(POINTS_MAX).default(0),
});

/** A way to pay: WeChat Pay, the mini-program's virtual payment, or nothing to pay. The order core does not know what is behind it. */
export const Rail = z.enum(['wxpay', 'xpay', 'zero']);
export type Rail = z.infer<typeof Rail>;

/** What each promotion takes off one line, in fen. `listFen` − the sum of these = `paidFen`, to the fen. */
export const LineShares = z.object({
  activityFen: Fen,
  memberFen: Fen,
  /** What the parts of a bundle that its buyer has already are worth of its price. */
  ownedFen: Fen,
  campaignFen: Fen,
  couponFen: Fen,
  pointsFen: Fen,
  /** How many points that is. */
  pointsCount: z.int().min(0),
});
export type LineShares = z.infer<typeof LineShares>;

/** One line, priced. Everything a refund or a grant will need is copied here and never looked up again. */
export const PricedLine = z.object({
  productId: ProductId,
  productVersion: z.int().min(1),
  kind: ProductKind,
  title: storedText(Description.shape.title),
  access: AccessRule,
  refundPolicy: RefundPolicy,
  /** Of a membership only. */
  plan: MembershipPlan.nullable(),
  /** 0 when it is for the buyer; else for how many friends. */
  gifts: z.int().min(0).max(GIFTS_MAX),
  /** The list price of all of it: of one, times the friends it is for. */
  listFen: Fen,
  source: PriceSource,
  /** The flash sale that the price is from; null otherwise. */
  flashSaleId: FlashSaleId.nullable(),
  /** How many things there were to open when it was bought, trial lessons left out. Null in orders that did not say. */
  units: z.int().min(0).nullable(),
  /** Of a bundle: the parts that its buyer had. Where they were left out of its price, it does not open them. */
  ownedParts: z.array(ProductId).max(PARTS_MAX),
  shares: LineShares,
  paidFen: Fen,
});
export type PricedLine = z.infer<typeof PricedLine>;

/** A promotion that took something off. */
export const Applied = z.object({
  /** `owned`: parts of a bundle that the buyer has already are left out of its price. */
  kind: z.enum(['flash', 'limited', 'member', 'owned', 'campaign', 'coupon', 'points']),
  /** The coupon's, campaign's or flash sale's id, or the bundle's; null for points, limited-time and member prices. */
  id: z.string().nullable(),
  title: z.string(),
  offFen: Fen,
});
export type Applied = z.infer<typeof Applied>;

/** Why a promotion that was asked for took nothing off. */
export const RejectionCode = z.enum([
  'coupon.not_yours',
  'coupon.not_available',
  'coupon.not_started',
  'coupon.expired',
  'coupon.no_eligible_line',
  'coupon.threshold_not_met',
  'coupon.takes_nothing',
  /** What it is for has another promotion that coupons may not meet. */
  'coupon.not_combinable',
  /** With it the rail would be asked for less than it takes: `{ floorFen, payableFen }`. */
  'coupon.below_rail_floor',
  'campaign.below_rail_floor',
  'campaign.threshold_not_met',
  'offer.below_rail_floor',
  /** Parts of a bundle are had already, and the rail takes no less for the rest: `{ floorFen }`. */
  'owned.below_rail_floor',
  'flash.sold_out',
  'flash.limit_reached',
  /** Flash prices are for orders of few lines: `{ linesMax }`. */
  'flash.cart_too_long',
  'points.not_enough',
  'points.above_share',
  'points.below_rail_floor',
  'points.not_combinable',
]);
export type RejectionCode = z.infer<typeof RejectionCode>;

/** A refused promotion with the numbers a screen can show: `{ thresholdFen, eligibleFen }`. */
export const Rejected = z.object({
  code: RejectionCode,
  id: z.string().nullable(),
  params: z.record(z.string(), z.number()),
});
export type Rejected = z.infer<typeof Rejected>;

/** The price, explained. */
export const Quote = z.object({
  lines: z.array(PricedLine).max(LINES_MAX),
  listFen: Fen,
  discountFen: Fen,
  payableFen: Fen,
  rail: Rail,
  /** The coupon that was applied: the one that was named, or the best one when that was asked for. */
  couponId: CouponId.nullable(),
  /** The points it is paid with, what they are worth, and how many could be used. */
  points: z.object({ count: z.int().min(0), offFen: Fen, countMax: z.int().min(0) }),
  /** How long the price is held once the order is placed. */
  payWindowMs: z.int().min(0),
  /** Points the order will earn when it is paid. */
  earnsPoints: z.int().min(0),
  applied: z.array(Applied),
  rejected: z.array(Rejected),
});
export type Quote = z.infer<typeof Quote>;

/** `pending → closing → closed`, `pending | closing → paid`. Refunds are a second dimension. */
export const OrderState = z.enum(['pending', 'closing', 'closed', 'paid']);
export type OrderState = z.infer<typeof OrderState>;

/** How much of one line is on its way back, and how much has gone back. */
export const LineRefund = z.object({ productId: ProductId, refundingFen: Fen, refundedFen: Fen });
export type LineRefund = z.infer<typeof LineRefund>;

/** A stored order. */
export const Order = z.object({
  id: OrderId,
  userId: UserId,
  state: OrderState,
  platform: Platform,
  lines: z.array(PricedLine).min(1).max(LINES_MAX),
  listFen: Fen,
  discountFen: Fen,
  payableFen: Fen,
  applied: z.array(Applied),
  rail: Rail,
  couponId: CouponId.nullable(),
  earnsPoints: z.int().min(0),
  /** What the client asked for when it placed the order (a digest), so that the same id with another request is refused. */
  requestDigest: z.string().length(64),
  createdAtMs: TimeMs,
  /** When the pay window ends: a pending order is closed after it. */
  expiresAtMs: TimeMs,
  paidAtMs: TimeMs.nullable(),
  closedAtMs: TimeMs.nullable(),
  closeReason: z.enum(['expired', 'cancelled']).nullable(),
  /**
   * When the rail was last asked to open the payment. Written before the rail is asked; from then on the order may
   * no longer be changed, and it can only be closed after the rail has said what became of it.
   */
  paymentOpenedAtMs: TimeMs.nullable(),
  /** How often closing was begun, and when it is due (next): of a pending order, when its pay window ends. */
  closeTries: z.int().min(0),
  closeNextAtMs: TimeMs,
  refundingFen: Fen,
  refundedFen: Fen,
  /** The lines of which money moves or has gone back; of those that cost none, the ones whose access is back for good. They sum to `refundingFen` and `refundedFen`. */
  lineRefunds: z.array(LineRefund).max(LINES_MAX),
  /** The lines whose access was taken back, once for each refund that takes it: nothing grants them again while they are here. */
  revoked: z.array(ProductId),
  /**
   * Paid late, when what it had held was gone, and given all the same because the money cannot go back: its coupon and
   * points were never taken.
   */
  isHonoured: z.boolean(),
  updatedAtMs: TimeMs,
});
export type Order = z.infer<typeof Order>;

/** An order as its buyer sees it. */
export const OrderView = z.object({
  id: OrderId,
  state: OrderState,
  lines: z.array(PricedLine),
  listFen: Fen,
  discountFen: Fen,
  payableFen: Fen,
  applied: z.array(Applied),
  rail: Rail,
  couponId: CouponId.nullable(),
  earnsPoints: z.int(),
  createdAtMs: TimeMs,
  expiresAtMs: TimeMs,
  paidAtMs: TimeMs.nullable(),
  closedAtMs: TimeMs.nullable(),
  closeReason: z.enum(['expired', 'cancelled']).nullable(),
  platform: Platform,
  /** On its way back: approved, and not yet with the buyer. */
  refundingFen: Fen,
  refundedFen: Fen,
  lineRefunds: z.array(LineRefund),
  revoked: z.array(ProductId),
});
export type OrderView = z.infer<typeof OrderView>;
/** One page of a buyer's orders. */
export const OrderPage = pageOf(OrderView);
