/** Translates virtual payment's data into ours. Everything that comes from the wire is parsed here. */
import * as z from 'zod';
import { fail } from '../../errors.ts';
import { SECOND_MS, timeMs } from '../../schemas/base.ts';

const Cents = z.int().min(0).max(1_000_000_000);
const Seconds = z.int().min(0).max(9_999_999_999);
const Number64 = z.string().regex(/^[0-9A-Za-z_\-|*@]{1,64}$/);

/**
 * An order as `query_order` returns it; a refund is an order of its own. Unknown fields are ignored. A field that is
 * left out is null, never 0, and whoever needs it asks again. An unpaid order may have no number.
 */
export const XpayOrder = z.object({
  order_id: Number64,
  wx_order_id: z.union([Number64, z.literal('')]).nullish(),
  /** 0: a payment. 1: a refund. 7: a payment through Apple. 8: a refund by Apple. */
  order_type: z.int(),
  /** 0 … 10; see `paymentStateOf` and `refundStateOf`. */
  status: z.int(),
  /** What the buyer was charged, in fen. */
  paid_fee: Cents.nullish(),
  /** A discount that the platform paid instead of the buyer, in fen. */
  coupon_fee: Cents.nullish(),
  /** For a refund: its amount. */
  refund_fee: Cents.nullish(),
  /** For a payment: how much of it has not gone back. */
  left_fee: Cents.nullish(),
  /** 0 while nobody has paid. */
  paid_time: Seconds.nullish(),
  /** 1: the live environment. 2: the sandbox. */
  env_type: z.int(),
});
export type XpayOrder = z.infer<typeof XpayOrder>;

/** A field that a decision needs. @throws pay.unavailable when the platform left it out */
export function required<F extends 'refund_fee' | 'left_fee' | 'paid_fee' | 'coupon_fee'>(
  order: XpayOrder,
  field: F,
): number {
  const value = order[field];
  if (value === null || value === undefined)
    throw fail('pay.unavailable', { detail: `the answer does not say ${field}` });
  return value;
}

/** What was to be paid: by the buyer, plus the platform's own discount. @throws pay.unavailable */
export function totalFenOf(order: XpayOrder): number {
  return required(order, 'paid_fee') + required(order, 'coupon_fee');
}

/** The platform's number of a payment. @throws pay.unavailable when it has none */
export function numberOf({ wx_order_id: number }: XpayOrder): string {
  if (!number) throw fail('pay.unavailable', { detail: 'paid, and without a number' });
  return number;
}

/** The order in a successful answer. @throws pay.unavailable when it cannot be read */
export function orderOf(json: Readonly<Record<string, unknown>>): XpayOrder {
  const parsed = XpayOrder.safeParse(json.order);
  if (!parsed.success)
    throw fail('pay.unavailable', { detail: 'the answer cannot be read', cause: parsed.error });
  return parsed.data;
}

/** Orders paid through Apple, which we cannot refund. */
const APPLE: readonly number[] = [7, 8];

/** Whether Apple took the money. */
export function isByApple(order: XpayOrder): boolean {
  return APPLE.includes(order.order_type);
}

/**
 * The state of a payment by its status. Paid: to be delivered (2), being delivered (3), delivered (4), refund failed
 * (7), and states where the platform only moved its own share (9, 10). Refunded: by us (5) or at the buyer's wish
 * (8); money came, and some of it went back or is on its way. `isAllBack` says whether all of it did.
 */
export function paymentStateOf({
  order_type: type,
  status,
}: XpayOrder): 'unpaid' | 'paid' | 'refunded' | 'closed' {
  if (type === 1) throw fail('pay.unavailable', { detail: 'the answer is about a refund' });
  switch (status) {
    case 0:
    case 1:
      return 'unpaid';
    case 2:
    case 3:
    case 4:
    case 7:
    case 9:
    case 10:
      return type === 8 ? 'refunded' : 'paid';
    case 5:
    case 8:
      return 'refunded';
    case 6:
      return 'closed';
    default:
      throw fail('pay.unavailable', { detail: `an order in the unknown state ${status}` });
  }
}

/**
 * Whether all of a payment has finally gone back: by Apple (order type 8), or by anybody (status 8) when nothing is
 * left. A status of 5 may be a partial refund, or one that is under way and may still fail.
 * @throws pay.unavailable when the platform does not say what is left
 */
export function isAllBack(order: XpayOrder): boolean {
  return order.order_type === 8 || (order.status === 8 && required(order, 'left_fee') === 0);
}

/**
 * How much of a payment has gone back or is on its way, in fen; undefined when the platform does not say what is
 * left. The rest may include a discount of the platform's own, which the buyer did not pay.
 */
export function movedBackFenOf(order: XpayOrder): number | undefined {
  const { left_fee: leftFen } = order;
  return leftFen == null ? undefined : Math.max(0, required(order, 'paid_fee') - leftFen);
}

/** The state of a refund by its status. An accepted refund is not done: only 8 means that the buyer has the money. */
export function refundStateOf({ status }: Pick<XpayOrder, 'status'>): 'processing' | 'success' | 'closed' {
  if (status === 8) return 'success';
  return status === 6 || status === 7 ? 'closed' : 'processing';
}

/** When it was paid. @throws pay.unavailable when the platform does not say */
export function paidAtMs({ paid_time: seconds }: XpayOrder) {
  if (!seconds) throw fail('pay.unavailable', { detail: 'paid, and nobody says when' });
  return timeMs(seconds * SECOND_MS);
}
