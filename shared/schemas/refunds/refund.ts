/** Refunds: money on its way back, why, who decided it, and what else goes back with it. */
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
 * The state of a refund: `requested` (staff have to decide) `→ approved → processing → success | closed | abnormal`,
 * or `rejected`. A refund that the rail has accepted is not yet made: the money is back at `success`.
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
 * Why money goes back: it came late or twice; the buyer asked; staff decided; the platform gave it back by itself
 * (Apple, or the merchant's console); or nobody answered the question that it paid for.
 */
export const RefundReason = z.enum([
  'late_payment',
  'second_payment',
  'buyer',
  'staff',
  'platform',
  'unanswered',
]);
export type RefundReason = z.infer<typeof RefundReason>;

/** What goes back for one line, and whether its access goes with it. */
export const RefundLine = z.object({ productId: ProductId, refundFen: Fen, takesAccess: z.boolean() });
export type RefundLine = z.infer<typeof RefundLine>;

/** Why somebody wants their money back, in their own words. */
export const RefundWords = lines(200);

/** One approval by a member of staff, with the reason. */
export const Approval = z.object({ by: UserId, reason: storedText(Reason), atMs: TimeMs });
export type Approval = z.infer<typeof Approval>;

/**
 * A stored refund. Its id is also the rail's refund number: `rfd_` + ULID for a refund that a person asked for;
 * `rl_` + the order's ULID for late money; `rs_` + a digest of the transaction for a second payment; `rp_` + a
 * digest for a refund that the platform made by itself; `rq_` + the question's ULID for a question.
 */
export const Refund = z.object({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/),
  orderId: OrderId,
  /** The buyer; null in refunds that did not record it, which are found by their order. */
  userId: UserId.nullable(),
  rail: Rail,
  platform: Platform,
  /** The payment that the money goes back to; null when nothing was paid. */
  transactionId: z.string().max(64).nullable(),
  refundFen: Fen,
  /** The amount of that payment. */
  totalFen: Fen,
  reason: RefundReason,
  /** The words of the person who asked; null when no person asked. */
  words: storedText(RefundWords).nullable(),
  /** For an order's own payment: its lines. Empty for money that paid for nothing. */
  lines: z.array(RefundLine).max(LINES_MAX),
  state: RefundState,
  approvals: z.array(Approval).max(2),
  /** How many staff have to approve; 0 when the policy approves. */
  approvalsNeeded: z.int().min(0).max(2),
  /** Who rejected it and why; null when it was not rejected. */
  rejected: Approval.nullable(),
  /** At `success`: the points that went back to the buyer, and the earned points that were taken back. */
  pointsReturned: z.int().min(0),
  pointsTaken: z.int().min(0),
  /** When `syncPayments` asks the rail next; null when there is nothing more to ask. */
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
  /** Why staff rejected it; null when they did not. */
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

/** Why nothing of a line goes back automatically. */
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
  /** What has not gone back and is not on its way. */
  leftFen: Fen,
  /** What goes back by the policy without anybody deciding; at most `leftFen`. */
  policyFen: Fen,
  /** The share of it that was opened, in basis points, as the server has seen it. */
  progress: z.int().min(0).max(10_000),
  whyNot: NotRefundable.nullable(),
});
export type RefundQuoteLine = z.infer<typeof RefundQuoteLine>;

/** What a refund would give back, shown before it is asked for. */
export const RefundQuote = z.object({
  lines: z.array(RefundQuoteLine),
  /** The amount of the refund: by the policy when it covers every named line, otherwise everything that is left. */
  refundFen: Fen,
  /**
   * Who decides. `automatic`: the policy. `staff`: a member of staff. `apple`: only Apple can refund it. `none`:
   * there is nothing to give back.
   */
  by: z.enum(['automatic', 'staff', 'apple', 'none']),
  /** The points that come back with it, and the earned points that are taken back. */
  pointsReturned: z.int().min(0),
  pointsTaken: z.int().min(0),
  /** Whether the coupon comes back, which it does only when the whole order goes back. */
  couponReturns: z.boolean(),
  /** Lines that stay keep their price, their share of every discount included. */
  keepsDiscount: z.literal(true),
});
export type RefundQuote = z.infer<typeof RefundQuote>;

/** The lines of an order to refund, each once. */
export const RefundProducts = z
  .array(ProductId)
  .min(1)
  .max(LINES_MAX)
  .refine((ids) => new Set(ids).size === ids.length);

/** A refund that staff make: an amount for each of these lines. */
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
