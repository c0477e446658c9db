/**
 * An order with its payment and its locked coupon. The three change together in one transaction, and only through
 * these functions.
 */
import { appleCharged } from '../../../events/appleCharged.ts';
import { giftsBought } from '../../../events/giftsBought.ts';
import { orderPaid } from '../../../events/orderPaid.ts';
import { questionPaid } from '../../../events/questionPaid.ts';
import { type Fact, fact } from '../../event.ts';
import type { OrderId, TimeMs, UserId } from '../../schemas/base.ts';
import type { Coupon } from '../../schemas/coupons/coupon.ts';
import type { Order, Platform, Quote } from '../../schemas/orders/order.ts';
import type { Payment } from '../../schemas/payments/payment.ts';
import { lockCoupon, lockCouponAgain, releaseCoupon, seenState, useCoupon } from '../coupons/coupon.ts';
import {
  markPaymentClosed,
  markReopenedPayment,
  markSuccess,
  newPayment,
  type Paid,
  repricePayment,
} from '../payments/payment.ts';
import { markClosed, markPaid, markReopened, placeOrder, repriceOrder } from './order.ts';

/** `coupon` is the one that the order names; null when it names none. */
export interface Holding {
  readonly order: Order;
  readonly payment: Payment;
  readonly coupon: Coupon | null;
}

/** A changed holding, and the facts that follow from the change. */
export interface HoldingStep extends Holding {
  readonly facts: readonly Fact[];
}

/**
 * A new order with its payment and its coupon locked. With nothing to pay it is paid at once.
 * @throws coupon.not_usable
 */
export function placeHolding(asked: {
  readonly id: OrderId;
  readonly userId: UserId;
  readonly platform: Platform;
  readonly quote: Quote;
  /** The coupon that the quote applied. */
  readonly coupon: Coupon | null;
  readonly requestDigest: string;
  readonly now: TimeMs;
}): HoldingStep {
  const { coupon, ...rest } = asked;
  const order = placeOrder({ ...rest, couponId: coupon?.id ?? null });
  return payIfFree({ order, payment: newPayment(order), coupon: lock(coupon, order, asked.now) }, asked.now);
}

/**
 * The holding with another coupon (or none) and its new price. With nothing left to pay it becomes paid. The caller
 * releases the previous coupon.
 * @throws coupon.not_usable
 */
export function changeCoupon(
  held: Holding,
  change: { readonly quote: Quote; readonly coupon: Coupon | null; readonly now: TimeMs },
): HoldingStep {
  const { quote, coupon, now } = change;
  const order = repriceOrder(held.order, quote, coupon?.id ?? null, now);
  const payment = repricePayment(held.payment, order, now);
  return payIfFree({ order, payment, coupon: lock(coupon, order, now) }, now);
}

/** The holding, paid: order and payment say so, the coupon is used, and the facts announce it. */
export function payHolding(held: Holding, paid: Paid, now: TimeMs): HoldingStep {
  const order = markPaid(held.order, paid.paidAtMs, now);
  return {
    order,
    payment: markSuccess(held.payment, paid, now),
    coupon: held.coupon === null ? null : useCoupon(held.coupon, { orderId: order.id, now }),
    facts: paidFacts(order, paid.paidAtMs),
  };
}

/**
 * The facts of a paid order: always `order.paid`, and further ones when gifts were bought, a question was paid, or
 * Apple took the money.
 */
function paidFacts(order: Order, paidAtMs: TimeMs): Fact[] {
  const { id: orderId } = order;
  const paid = fact(orderPaid, orderId, {
    orderId,
    userId: order.userId,
    paidFen: order.payableFen,
    earnsPoints: order.earnsPoints,
    lines: order.lines.map(({ productId, access }) => ({ productId, access })),
    paidAtMs,
  });
  const isGiven = order.lines.some(({ gifts }) => gifts > 0);
  const asked = order.lines.flatMap(({ questionId }) => questionId ?? []);
  const isByApple = order.rail === 'xpay' && order.platform === 'ios';
  return [
    paid,
    ...(isGiven ? [fact(giftsBought, orderId, { orderId })] : []),
    ...asked.map((questionId) => fact(questionPaid, orderId, { questionId, orderId })),
    ...(isByApple ? [fact(appleCharged, orderId, { orderId, paidAtMs })] : []),
  ];
}

/**
 * The holding of a closed order that was paid after all, by a rail that cannot be closed. It keeps its coupon; when
 * what it had held is gone (`isHonoured`) it goes without.
 * @throws coupon.not_usable
 */
export function reopenHolding(held: Holding, paid: Paid, isHonoured: boolean, now: TimeMs): HoldingStep {
  const { paidAtMs } = paid;
  const order = markReopened(held.order, { isHonoured, paidAtMs, now });
  const { id: orderId, userId } = order;
  const coupon = isHonoured ? null : held.coupon;
  const locked = coupon === null ? null : lockCouponAgain(coupon, { orderId, userId, now });
  return {
    order,
    payment: markReopenedPayment(held.payment, paid, now),
    coupon: locked === null ? null : useCoupon(locked, { orderId, now }),
    facts: paidFacts(order, paidAtMs),
  };
}

/** Whether a closed order can use the coupon it released once more. */
export function isCouponFree(held: Holding, now: TimeMs): boolean {
  const { coupon, order } = held;
  return coupon === null || (coupon.userId === order.userId && seenState(coupon, now) === 'available');
}

/**
 * The holding, closed: the coupon goes back to its owner. Call it only once nobody can pay any more, or when the
 * rail cannot prevent payment (`mayStillBePaid`).
 */
export function closeHolding(held: Holding, mayStillBePaid: boolean, now: TimeMs): Holding {
  return {
    order: markClosed(held.order, now),
    payment: markPaymentClosed(held.payment, mayStillBePaid, now),
    coupon: held.coupon === null ? null : releaseCoupon(held.coupon, { orderId: held.order.id, now }),
  };
}

function lock(coupon: Coupon | null, order: Order, now: TimeMs): Coupon | null {
  return coupon === null ? null : lockCoupon(coupon, { orderId: order.id, userId: order.userId, now });
}

function payIfFree(held: Holding, now: TimeMs): HoldingStep {
  if (held.order.payableFen > 0) return { ...held, facts: [] };
  return payHolding(held, { transactionId: null, paidAtMs: now }, now);
}
