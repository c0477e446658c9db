/** Orders: what was bought, what each line costs and why, and what became of it. */
import * as z from 'zod';
import {
  CouponId,
  Fen,
  FlashSaleId,
  OrderId,
  ProductId,
  pageOf,
  QuestionId,
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
  RefundPolicy,
} from '../catalogue/product.ts';
import { ProductKind } from '../catalogue/productKind.ts';
import { POINTS_MAX } from '../points/points.ts';
import { OrderTouch } from '../shares/share.ts';
import { oneLine } from '../text.ts';

/**
 * The largest number of lines in a cart or an order. One transaction has to hold them and everything that belongs to
 * them.
 */
export const LINES_MAX = 20;

/** The largest number of friends that one line can be bought for. */
export const GIFTS_MAX = 100;

const OrderLine = z.strictObject({
  productId: ProductId,
  gifts: z.int().min(1).max(GIFTS_MAX).optional(),
  questionId: QuestionId.optional(),
});

/** Whether a question has its order to itself, and is nobody's gift. */
const isAlone = (lines: readonly z.infer<typeof OrderLine>[]) =>
  lines.every(
    ({ questionId, gifts }) => questionId === undefined || (lines.length === 1 && gifts === undefined),
  );

/**
 * What a buyer asks for. Each product appears once, because access to one thing cannot be bought twice. With `gifts`
 * the line is bought for that many friends, who claim it by a link, and not for the buyer. With `questionId` it pays
 * for that question, and is the only line.
 */
export const OrderLines = z
  .array(OrderLine)
  .min(1)
  .max(LINES_MAX)
  .refine((lines) => new Set(lines.map((line) => line.productId)).size === lines.length)
  .refine(isAlone);
export type OrderLines = z.infer<typeof OrderLines>;

/**
 * The buyer's device. In a mini-program, virtual goods are paid by `xpay`. `web` is everything that is no
 * mini-program. The client states it. It decides the way to pay, and which discounts the platform forbids. It never
 * decides a right.
 */
export const Platform = z.enum(['ios', 'android', 'harmony', 'windows', 'web']);
export type Platform = z.infer<typeof Platform>;

/** What a client orders or asks the price of. `points` is the largest number of points to pay with. */
export const AskedLines = z.strictObject({
  lines: OrderLines,
  platform: Platform.default('web'),
  points: z.int().min(0).max(POINTS_MAX).default(0),
});

const numberStart = (typed: string) => `ord_${oneLine(typed).toUpperCase().replace(/^ORD_/, '')}`;

/** An order number as somebody types it: at least its first six characters, with or without `ord_`, in any case. */
export const OrderNumberStart = z
  .string()
  .overwrite(numberStart)
  .regex(/^ord_[0-9A-HJKMNP-TV-Z]{6,26}$/);

/**
 * A payment rail: WeChat Pay, the mini-program's virtual payment, or nothing to pay. The order core treats all rails
 * alike.
 */
export const Rail = z.enum(['wxpay', 'xpay', 'zero']);
export type Rail = z.infer<typeof Rail>;

/**
 * What each promotion takes off one line, in fen. `listFen` minus the sum of the amounts equals `paidFen` exactly.
 */
export const LineShares = z.object({
  activityFen: Fen,
  memberFen: Fen,
  /** For a bundle: the share of its price that the parts the buyer already has stand for. */
  ownedFen: Fen,
  campaignFen: Fen,
  couponFen: Fen,
  pointsFen: Fen,
  /** The number of points behind `pointsFen`. */
  pointsCount: z.int().min(0),
});
export type LineShares = z.infer<typeof LineShares>;

/** One priced line. Everything that a later refund or grant needs is copied into it, and is never looked up again. */
export const PricedLine = z.object({
  productId: ProductId,
  productVersion: z.int().min(1),
  kind: ProductKind,
  title: storedText(Description.shape.title),
  /** The cover as it was bought; empty in orders that did not record it. */
  coverUrl: storedText(Description.shape.coverUrl),
  access: AccessRule,
  refundPolicy: RefundPolicy,
  /** For a membership only. */
  plan: MembershipPlan.nullable(),
  /** The number of friends it is bought for; 0 when it is for the buyer. */
  gifts: z.int().min(0).max(GIFTS_MAX),
  /** The question that it pays for; null for none. */
  questionId: QuestionId.nullable().default(null),
  /** The list price of the whole line: the product's list price times the number of friends. */
  listFen: Fen,
  source: PriceSource,
  /** The flash sale that the price comes from; null when none. */
  flashSaleId: FlashSaleId.nullable(),
  /**
   * How many things there were to open at the time of purchase, without trial lessons. Null in orders that did not
   * record it.
   */
  units: z.int().min(0).nullable(),
  /**
   * For a bundle: the parts the buyer already had. When they were left out of the price, this line does not open
   * them.
   */
  ownedParts: z.array(ProductId).max(PARTS_MAX),
  shares: LineShares,
  paidFen: Fen,
});
export type PricedLine = z.infer<typeof PricedLine>;

/** A promotion that took something off. */
export const Applied = z.object({
  /** `owned`: parts of a bundle that the buyer already has, which are left out of its price. */
  kind: z.enum(['flash', 'limited', 'member', 'owned', 'campaign', 'coupon', 'points']),
  /** The id of the coupon, campaign, flash sale or bundle; null for points, limited-time and member prices. */
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
  /** Another promotion on its lines may not be combined with coupons. */
  'coupon.not_combinable',
  /** The price would fall below what the rail accepts: `{ floorFen, payableFen }`. */
  'coupon.below_rail_floor',
  'campaign.below_rail_floor',
  'campaign.threshold_not_met',
  'offer.below_rail_floor',
  /** The buyer has some parts of the bundle, but the rail accepts no lower price for the rest: `{ floorFen }`. */
  'owned.below_rail_floor',
  'flash.sold_out',
  'flash.limit_reached',
  /** Flash prices are for orders with few lines: `{ linesMax }`. */
  'flash.cart_too_long',
  'points.not_enough',
  'points.above_share',
  'points.below_rail_floor',
  'points.not_combinable',
]);
export type RejectionCode = z.infer<typeof RejectionCode>;

/** A refused promotion, with numbers that a screen can show: `{ thresholdFen, eligibleFen }`. */
export const Rejected = z.object({
  code: RejectionCode,
  id: z.string().nullable(),
  params: z.record(z.string(), z.number()),
});
export type Rejected = z.infer<typeof Rejected>;

/** A price with its explanation. */
export const Quote = z.object({
  lines: z.array(PricedLine).max(LINES_MAX),
  listFen: Fen,
  discountFen: Fen,
  payableFen: Fen,
  rail: Rail,
  /** The coupon that was applied: the one that was named, or the best one when that was asked for. */
  couponId: CouponId.nullable(),
  /** The points it is paid with, their value, and the largest number that could be used. */
  points: z.object({ count: z.int().min(0), offFen: Fen, countMax: z.int().min(0) }),
  /** How long the price is held once the order is placed. */
  payWindowMs: z.int().min(0),
  /** How many points the order will earn when it is paid. */
  earnsPoints: z.int().min(0),
  applied: z.array(Applied),
  rejected: z.array(Rejected),
});
export type Quote = z.infer<typeof Quote>;

/**
 * The state of an order: `pending → closing → closed`, `pending | closing → paid`. Refunds are tracked separately.
 */
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
  /** A digest of the request that placed the order. The same id with another request is refused. */
  requestDigest: z.string().length(64),
  createdAtMs: TimeMs,
  /** The end of the pay window. A pending order is closed after it. */
  expiresAtMs: TimeMs,
  paidAtMs: TimeMs.nullable(),
  closedAtMs: TimeMs.nullable(),
  closeReason: z.enum(['expired', 'cancelled']).nullable(),
  /**
   * When the rail was last asked to open the payment. It is written before the rail is asked. From then on the order
   * can no longer be changed, and is closed only after the rail has said what became of the payment.
   */
  paymentOpenedAtMs: TimeMs.nullable(),
  /**
   * How many times closing was started, and when it is tried next. For a pending order that is the end of its pay
   * window.
   */
  closeTries: z.int().min(0),
  closeNextAtMs: TimeMs,
  refundingFen: Fen,
  refundedFen: Fen,
  /**
   * The lines with refunds under way or completed. They sum to `refundingFen` and `refundedFen`. A line that cost
   * nothing is listed once its access is taken back finally.
   */
  lineRefunds: z.array(LineRefund).max(LINES_MAX),
  /**
   * The lines whose access was taken back, listed once for each refund that takes it. They are not granted again
   * while they are listed.
   */
  revoked: z.array(ProductId),
  /**
   * Whether it was paid late, when its coupon, points or seats were gone, and was fulfilled all the same because the
   * money cannot go back. Its coupon and points were never taken.
   */
  isHonoured: z.boolean(),
  /** By whose link the buyer had come when they placed it; null when by none. It never changes. */
  touch: OrderTouch.nullable(),
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
  /** The amount approved for refund that the buyer does not have yet. */
  refundingFen: Fen,
  refundedFen: Fen,
  lineRefunds: z.array(LineRefund),
  revoked: z.array(ProductId),
});
export type OrderView = z.infer<typeof OrderView>;
/** One page of a buyer's orders. */
export const OrderPage = pageOf(OrderView);
