/** Payments, what came by a rail, refunds, and what staff must look at. */
import * as z from 'zod';
import { Fen, OrderId, pageOf, storedText, TimeMs, UserId } from '../base.ts';
import { Resolution } from '../identity/staff.ts';
import { Rail } from '../orders/order.ts';

/** `created → prepaid → success | closed → late`; a notice may come before `prepaid`. */
export const PaymentStatus = z.enum(['created', 'prepaid', 'success', 'closed', 'late']);
export type PaymentStatus = z.infer<typeof PaymentStatus>;

/** A stored payment: one for each order, under the order's id, which is also the rail's order number. */
export const Payment = z.object({
  id: OrderId,
  userId: UserId,
  rail: Rail,
  state: PaymentStatus,
  amountFen: Fen,
  /** The payer, fixed before the rail is asked: whoever pays must be the one who ordered. */
  openid: z.string().max(64).nullable(),
  /** As what virtual payment sells it, fixed when the phone may first pay; null where a rail sells no goods. */
  goods: z.object({ id: z.string().max(64), priceFen: Fen }).nullable(),
  prepayId: z.string().max(64).nullable(),
  prepayAtMs: TimeMs.nullable(),
  transactionId: z.string().max(64).nullable(),
  paidAtMs: TimeMs.nullable(),
  /** When `syncPayments` asks the rail next; null when there is nothing more to ask. */
  syncNextAtMs: TimeMs.nullable(),
  syncTries: z.int().min(0),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Payment = z.infer<typeof Payment>;

/** Money that came, once for each transaction of the rail: `<rail>:<transaction id>`. */
export const Receipt = z.object({
  id: z.string().max(80),
  orderId: OrderId,
  rail: Rail,
  transactionId: z.string().max(64),
  amountFen: Fen,
  /**
   * `settled` paid the order; `late` came after it was closed; `second` came for an order that was paid; `lost` came for
   * an order of ours that is no longer in the store.
   */
  kind: z.enum(['settled', 'late', 'second', 'lost']),
  /** Who paid, of `lost` money, where the rail says so: there is no payment that would know. */
  openid: z.string().max(64).nullable(),
  /** When the buyer paid, as the rail says: which day's bill it is in. */
  paidAtMs: TimeMs,
  receivedAtMs: TimeMs,
});
export type Receipt = z.infer<typeof Receipt>;

/** What is wrong with money that came, or with what was said of it. */
export const ExceptionKind = z.enum([
  'unknown_order',
  'amount_mismatch',
  'currency_mismatch',
  'merchant_mismatch',
  /** It came by another rail than the order was to be paid by. */
  'rail_mismatch',
  'payer_mismatch',
  /** Some of it had gone back at the rail before we heard of it. */
  'refunded_at_rail',
  /** The order is of ours, and no longer in the store: a bill tells of its money. */
  'order_lost',
  'late_payment',
  'late_reopened',
  'late_honoured',
  'second_payment',
  /** Whoever paid could use all of it already, by something bought meanwhile. */
  'already_owned',
  /** A transaction that has paid one order was told of another one. */
  'transaction_taken',
]);
export type ExceptionKind = z.infer<typeof ExceptionKind>;

/** The id of an exception, as staff send it back. */
export const ExceptionId = z.string().regex(/^[\x21-\x7e]{1,160}$/);

/** A row that tells staff the story: `<order number>:<transaction id>:<kind>`, once each. */
export const PaymentException = z.object({
  id: z.string().max(160),
  kind: ExceptionKind,
  orderNumber: z.string().max(64),
  transactionId: z.string().max(64),
  expectedFen: z.int().nullable(),
  receivedFen: z.int(),
  currency: z.string().max(16),
  /** The refund that gives it back, if one was asked for. */
  refundId: z.string().max(64).nullable(),
  detail: z.string().max(500),
  createdAtMs: TimeMs,
});
export type PaymentException = z.infer<typeof PaymentException>;

/** A stored exception: what was found, and what staff did about it. */
export const TrackedException = z.object({
  ...PaymentException.shape,
  state: z.enum(['open', 'resolved']),
  resolution: z.object({ by: UserId, note: storedText(Resolution), atMs: TimeMs }).nullable(),
});
export type TrackedException = z.infer<typeof TrackedException>;

/** One page of exceptions. */
export const TrackedExceptionPage = pageOf(TrackedException);

/** What the mini-program hands to `wx.requestPayment`. */
export const WxpayPaymentView = z.object({
  rail: z.literal('wxpay'),
  timeStamp: z.string(),
  nonceStr: z.string(),
  package: z.string(),
  signType: z.literal('RSA'),
  paySign: z.string(),
});
export type WxpayPaymentView = z.infer<typeof WxpayPaymentView>;

/** What the mini-program hands to `wx.requestVirtualPayment`: `signData` byte for byte, because it is signed twice. */
export const XpayPaymentView = z.object({
  rail: z.literal('xpay'),
  mode: z.literal('short_series_goods'),
  signData: z.string(),
  paySig: z.string(),
  signature: z.string(),
});
export type XpayPaymentView = z.infer<typeof XpayPaymentView>;

/** What the phone pays with, by rail. */
export const PhonePaymentView = z.discriminatedUnion('rail', [WxpayPaymentView, XpayPaymentView]);
export type PhonePaymentView = z.infer<typeof PhonePaymentView>;
