/** Virtual payment's words for an order, and ours for them. Everything that comes from the wire is parsed here. */
import * as z from 'zod';
import { fail } from '../../errors.ts';
import { SECOND_MS, timeMs } from '../../schemas/base.ts';

const Cents = z.int().min(0).max(1_000_000_000);
const Seconds = z.int().min(0).max(9_999_999_999);
const Number64 = z.string().regex(/^[0-9A-Za-z_\-|*@]{1,64}$/);

/**
 * An order as `query_order` tells it; a refund is an order of its own. Unknown fields are the platform's business. What
 * is left out is null, and never 0: whoever needs it asks again. An order that nobody has paid may have no number.
 */
export const XpayOrder = z.object({
  order_id: Number64,
  wx_order_id: z.union([Number64, z.literal('')]).nullish(),
  /** 0 a payment, 1 a refund, 7 a payment through Apple, 8 a refund by Apple. */
  order_type: z.int(),
  /** 0 … 10, see `stateOf`. */
  status: z.int(),
  /** What the buyer was charged. */
  paid_fee: Cents.nullish(),
  /** What the platform paid in the buyer's stead: a discount of its own. */
  coupon_fee: Cents.nullish(),
  /** Of a refund, what goes back. */
  refund_fee: Cents.nullish(),
  /** Of a payment, what has not gone back of it. */
  left_fee: Cents.nullish(),
  /** 0 as long as nobody has paid. */
  paid_time: Seconds.nullish(),
  /** 1 is the live environment, 2 the sandbox. */
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

/** What was to be paid: by the buyer, and by the platform as a discount of its own. @throws pay.unavailable */
export function totalFenOf(order: XpayOrder): number {
  return required(order, 'paid_fee') + required(order, 'coupon_fee');
}

/** The platform's number of a payment. @throws pay.unavailable when it has none */
export function numberOf({ wx_order_id: number }: XpayOrder): string {
  if (!number) throw fail('pay.unavailable', { detail: 'paid, and without a number' });
  return number;
}

/** The order of an answer that succeeded. @throws pay.unavailable when its words cannot be read */
export function orderOf(json: Readonly<Record<string, unknown>>): XpayOrder {
  const parsed = XpayOrder.safeParse(json.order);
  if (!parsed.success)
    throw fail('pay.unavailable', { detail: 'the answer cannot be read', cause: parsed.error });
  return parsed.data;
}

/** Through Apple: we cannot give it back. */
const APPLE: readonly number[] = [7, 8];

/** Whether Apple took the money. */
export function isByApple(order: XpayOrder): boolean {
  return APPLE.includes(order.order_type);
}

/**
 * What became of a payment. To be delivered (2), being delivered (3) and delivered (4) are paid; so are those whose
 * refund failed (7), or where the platform only moved its own share (9, 10): the money is with us. Refunded, by us (5)
 * or by the buyer's wish (8), is money that came, and of which something went back or is on its way: `isAllBack` says
 * whether all of it did.
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
 * Whether all of a payment has gone back, and stays so: by Apple (8 is such an order), or by anybody (a status of 8)
 * when nothing is left. A status of 5 may be of a part, or of one that is under way and fails.
 * @throws pay.unavailable when the platform does not say what is left
 */
export function isAllBack(order: XpayOrder): boolean {
  return order.order_type === 8 || (order.status === 8 && required(order, 'left_fee') === 0);
}

/**
 * How much of a payment has gone back or is on its way; undefined when the platform does not say what is left. What is left
 * may count a discount of the platform's own, which the buyer did not pay.
 */
export function movedBackFenOf(order: XpayOrder): number | undefined {
  const { left_fee: leftFen } = order;
  return leftFen == null ? undefined : Math.max(0, required(order, 'paid_fee') - leftFen);
}

/** What became of a refund. Accepted is not done: only 8 says that the buyer has it back. */
export function refundStateOf({ status }: Pick<XpayOrder, 'status'>): 'processing' | 'success' | 'closed' {
  if (status === 8) return 'success';
  return status === 6 || status === 7 ? 'closed' : 'processing';
}

/** When it was paid. @throws pay.unavailable when the platform does not say */
export function paidAtMs({ paid_time: seconds }: XpayOrder) {
  if (!seconds) throw fail('pay.unavailable', { detail: 'paid, and nobody says when' });
  return timeMs(seconds * SECOND_MS);
}
