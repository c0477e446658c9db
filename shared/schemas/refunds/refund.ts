/** Refunds: money on its way back, why, who decided it, and what goes back with it. */
import * as z from 'zod';
import {
  Fen,
  lines,
  OrderId,
  ProductId,
  pageOf,
  RefundRequestId,
  storedText,
  TimeMs,
  UserId,
} from '../base.ts';
import { Reason } from '../identity/staff.ts';
import { LINES_MAX, Platform, Rail } from '../orders/order.ts';

/**
 * `requested` (staff have to decide) `→ approved → processing → success | closed | abnormal`, or `rejected`. Accepted by
 * the rail is not refunded: the money is back at `success`.
 */
export const RefundState = z.enum([
  'requested',
  'rejected',
  'approved',
  'processing',
  'success',
  'closed',
  'abnormal',
]);
export type RefundState = z.infer<typeof RefundState>;

/**
 * Why money goes back: it came late or twice; the buyer asked; staff decided; or the platform gave it back without us
 * (Apple).
 */
export const RefundReason = z.enum(['late_payment', 'second_payment', 'buyer', 'staff', 'platform']);
export type RefundReason = z.infer<typeof RefundReason>;

/** What goes back of one line, and whether its access goes with it. */
export const RefundLine = z.object({ productId: ProductId, refundFen: Fen, takesAccess: z.boolean() });
export type RefundLine = z.infer<typeof RefundLine>;

/** Why somebody wants their money back, in their own words. */
export const RefundWords = lines(200);

/** Who of the staff agreed, and why. */
export const Approval = z.object({ by: UserId, reason: storedText(Reason), atMs: TimeMs });
export type Approval = z.infer<typeof Approval>;

/**
 * A stored refund. The id is also the rail's number for it: `rfd_` + ULID as who asked made it, `rl_` + the order's
 * ULID for late money, `rs_` + a digest of the transaction for a second payment, `rp_` + a digest for the platform's own.
 */
export const Refund = z.object({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/),
  orderId: OrderId,
  /** The buyer; null in refunds that did not say: those are found by their order. */
  userId: UserId.nullable(),
  rail: Rail,
  platform: Platform,
  /** The payment that it goes back to; null where nothing was paid. */
  transactionId: z.string().max(64).nullable(),
  refundFen: Fen,
  /** What that payment was. */
  totalFen: Fen,
  reason: RefundReason,
  /** In the words of who asked for it; null for what no person asked for. */
  words: storedText(RefundWords).nullable(),
  /** Of an order's own payment: the lines. Empty for money that has paid for nothing. */
  lines: z.array(RefundLine).max(LINES_MAX),
  state: RefundState,
  approvals: z.array(Approval).max(2),
  /** How many of the staff have to agree: 0 when the policy has. */
  approvalsNeeded: z.int().min(0).max(2),
  /** Of a refund that staff rejected. */
  rejected: Approval.nullable(),
  /** How many points went back to the buyer, and how many that the order had earned were taken, at `success`. */
  pointsReturned: z.int().min(0),
  pointsTaken: z.int().min(0),
  /** When `syncPayments` asks the rail next; null at the end of the road. */
  syncNextAtMs: TimeMs.nullable(),
  syncTries: z.int().min(0),
  requestedAtMs: TimeMs,
  approvedAtMs: TimeMs.nullable(),
  finishedAtMs: TimeMs.nullable(),
  updatedAtMs: TimeMs,
});
export type Refund = z.infer<typeof Refund>;

/** A refund as its buyer sees it. */
export const RefundView = Refund.pick({
  id: true,
  orderId: true,
  rail: true,
  refundFen: true,
  reason: true,
  words: true,
  lines: true,
  state: true,
  pointsReturned: true,
  pointsTaken: true,
  requestedAtMs: true,
  approvedAtMs: true,
  finishedAtMs: true,
}).extend({
  /** Why staff said no; null when they have not. */
  rejectedBecause: z.string().nullable(),
});
export type RefundView = z.infer<typeof RefundView>;

/** One page of a buyer's refunds. */
export const RefundPage = pageOf(RefundView);

/** A refund as staff see it. */
export const StaffRefundView = Refund.omit({ syncNextAtMs: true, syncTries: true });
export type StaffRefundView = z.infer<typeof StaffRefundView>;

/** One page of refunds, for staff. */
export const StaffRefundPage = pageOf(StaffRefundView);

/** Why nothing of a line goes back by itself. */
export const NotRefundable = z.enum([
  'nothing_left',
  'window_over',
  'progress_too_far',
  'downloaded',
  'gift_claimed',
  'ask_apple',
]);
export type NotRefundable = z.infer<typeof NotRefundable>;

/** What can go back of one line. */
export const RefundQuoteLine = z.object({
  productId: ProductId,
  title: z.string(),
  paidFen: Fen,
  /** What has not gone back, and is not on its way. */
  leftFen: Fen,
  /** What goes back by the policy that was shown before paying, without anybody deciding; at most `leftFen`. */
  policyFen: Fen,
  /** How much of it was opened, in basis points, as we have seen it. */
  progress: z.int().min(0).max(10_000),
  whyNot: NotRefundable.nullable(),
});
export type RefundQuoteLine = z.infer<typeof RefundQuoteLine>;

/** What a refund would give back, shown before it is asked for. */
export const RefundQuote = z.object({
  lines: z.array(RefundQuoteLine),
  /** What would be asked for: by the policy when it covers every line that was named, else what is left. */
  refundFen: Fen,
  /** `automatic` by the policy; `staff` have to decide; `apple` alone can; `none`: there is nothing to give back. */
  by: z.enum(['automatic', 'staff', 'apple', 'none']),
  /** Points that come back with it, and points that are taken back. */
  pointsReturned: z.int().min(0),
  pointsTaken: z.int().min(0),
  /** Whether the coupon comes back: only when the whole order goes back. */
  couponReturns: z.boolean(),
  /** What is not given back keeps the price that it had, its share of every discount included. */
  keepsDiscount: z.literal(true),
});
export type RefundQuote = z.infer<typeof RefundQuote>;

/** The lines of an order that a refund is asked for, each once. */
export const RefundProducts = z
  .array(ProductId)
  .min(1)
  .max(LINES_MAX)
  .refine((ids) => new Set(ids).size === ids.length);

/** What staff ask for: so much of these lines of an order. */
export const StaffRefundAsked = z.strictObject({
  orderId: OrderId,
  refundId: RefundRequestId,
  lines: z
    .array(z.strictObject({ productId: ProductId, refundFen: Fen, takesAccess: z.boolean() }))
    .min(1)
    .max(LINES_MAX)
    .refine((lines) => new Set(lines.map((line) => line.productId)).size === lines.length),
  reason: Reason,
});
