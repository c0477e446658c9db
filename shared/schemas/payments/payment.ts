/** Payments, receipts of money, and exceptions that staff must look at. */
import * as z from 'zod';
import { Fen, OrderId, pageOf, storedText, TimeMs, UserId } from '../base.ts';
import { Resolution } from '../identity/staff.ts';
import { Rail } from '../orders/order.ts';

/** The state of a payment: `created → prepaid → success | closed → late`. A notice may come before `prepaid`. */
export const PaymentStatus = z.enum(['created', 'prepaid', 'success', 'closed', 'late']);
export type PaymentStatus = z.infer<typeof PaymentStatus>;

/** A stored payment, one for each order, under the order's id. That id is also the rail's order number. */
export const Payment = z.object({
  id: OrderId,
  userId: UserId,
  rail: Rail,
  state: PaymentStatus,
  amountFen: Fen,
  /** The payer, fixed before the rail is asked. Whoever pays must be the one who ordered. */
  openid: z.string().max(64).nullable(),
  /**
   * The goods under which virtual payment sells it, fixed when the phone may first pay. Null where the rail sells no
   * goods.
   */
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

/** A receipt of money, one for each transaction of the rail: `<rail>:<transaction id>`. */
export const Receipt = z.object({
  id: z.string().max(80),
  orderId: OrderId,
  rail: Rail,
  transactionId: z.string().max(64),
  amountFen: Fen,
  /**
   * `settled`: it paid the order. `late`: it came after the order was closed. `second`: the order was already paid.
   * `lost`: it is for an order of ours that is missing from the store.
   */
  kind: z.enum(['settled', 'late', 'second', 'lost']),
  /** For `lost` money: the payer, where the rail says so, because there is no payment to take it from. */
  openid: z.string().max(64).nullable(),
  /** When the buyer paid, as the rail says. It decides the day's bill that contains it. */
  paidAtMs: TimeMs,
  receivedAtMs: TimeMs,
});
export type Receipt = z.infer<typeof Receipt>;

/** What is wrong with money that came, or with the report of it. */
export const ExceptionKind = z.enum([
  'unknown_order',
  'amount_mismatch',
  'currency_mismatch',
  'merchant_mismatch',
  /** It came by another rail than the order's. */
  'rail_mismatch',
  'payer_mismatch',
  /** Some of it had already gone back at the rail when we first heard of it. */
  'refunded_at_rail',
  /** A bill tells of money for an order of ours that is missing from the store. */
  'order_lost',
  'late_payment',
  'late_reopened',
  'late_honoured',
  'second_payment',
  /** The payer could already use everything in the order, by something bought meanwhile. */
  'already_owned',
  /** The same transaction was reported for a second order. */
  'transaction_taken',
]);
export type ExceptionKind = z.infer<typeof ExceptionKind>;

/** The id of an exception, as staff send it. */
export const ExceptionId = z.string().regex(/^[\x21-\x7e]{1,160}$/);

/**
 * An exception that tells staff the story, under `<order number>:<transaction id>:<kind>`, so each is stored once.
 */
export const PaymentException = z.object({
  id: z.string().max(160),
  kind: ExceptionKind,
  orderNumber: z.string().max(64),
  transactionId: z.string().max(64),
  expectedFen: z.int().nullable(),
  receivedFen: z.int(),
  currency: z.string().max(16),
  /** The refund that gives the money back; null when none was asked for. */
  refundId: z.string().max(64).nullable(),
  detail: z.string().max(500),
  createdAtMs: TimeMs,
});
export type PaymentException = z.infer<typeof PaymentException>;

/** A stored exception, with what staff did about it. */
export const TrackedException = z.object({
  ...PaymentException.shape,
  state: z.enum(['open', 'resolved']),
  resolution: z.object({ by: UserId, note: storedText(Resolution), atMs: TimeMs }).nullable(),
});
export type TrackedException = z.infer<typeof TrackedException>;

/** One page of exceptions. */
export const TrackedExceptionPage = pageOf(TrackedException);

/** What the mini-program passes to `wx.requestPayment`. */
export const WxpayPaymentView = z.object({
  rail: z.literal('wxpay'),
  timeStamp: z.string(),
  nonceStr: z.string(),
  package: z.string(),
  signType: z.literal('RSA'),
  paySign: z.string(),
});
export type WxpayPaymentView = z.infer<typeof WxpayPaymentView>;

/**
 * What the mini-program passes to `wx.requestVirtualPayment`. `signData` must be passed on byte for byte, because
 * two signatures cover it.
 */
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
