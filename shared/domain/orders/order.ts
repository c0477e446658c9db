/**
 * The rules of orders: placing, changing, paying and closing one. What an order holds changes with it
 * (`holding.ts`).
 */
import { fail } from '../../errors.ts';
import {
  type CouponId,
  type Fen,
  type FlashSaleId,
  fen,
  MINUTE_MS,
  type OrderId,
  type ProductId,
  type TimeMs,
  timeMs,
  type UserId,
} from '../../schemas/base.ts';
import type { Order, OrderState, Platform, Quote } from '../../schemas/orders/order.ts';

/**
 * How much later than our pay window the rail stops taking the money: 5 minutes. So the rail never refuses a buyer
 * whom we still wait for.
 */
export const RAIL_GRACE_MS = 5 * MINUTE_MS;

/**
 * For this long after we last asked the rail to open a payment, its "unknown order" may only mean "not yet": 2
 * minutes, far longer than our call waits.
 */
const OPENING_MS = 2 * MINUTE_MS;

/** The longest pause between two tries to close: about an hour. */
const CLOSE_PAUSE_MAX_MS = 64 * MINUTE_MS;

type Step = 'pay' | 'startClosing' | 'close' | 'reopen';

/**
 * The state machine of an order. Any step that is not in it is an error.
 *
 *   pending ────────── pay ─────────▶ paid
 *      │                               ▲
 *      │ startClosing                  │ pay   (the money came before our question)
 *      ▼                               │
 *   closing ───────────────────────────┘
 *      │ close                               (the rail said: closed, and nobody has paid)
 *      ▼
 *   closed ── reopen ──▶ paid                (money came late, by a rail that cannot be closed, and what the order
 *                                             had held was available; otherwise the money goes back, see settle)
 */
const next = {
  pending: { pay: 'paid', startClosing: 'closing' },
  closing: { pay: 'paid', close: 'closed' },
  closed: { reopen: 'paid' },
  paid: {},
} as const satisfies Record<OrderState, Partial<Record<Step, OrderState>>>;

function after(order: Order, step: Step): OrderState {
  const steps: Partial<Record<Step, OrderState>> = next[order.state];
  const state = steps[step];
  if (state === undefined)
    throw fail('order.not_pending', { detail: `${step} of an order that is ${order.state}` });
  return state;
}

/** A new order with a fixed price. It is pending until it is paid or its pay window ends. */
export function placeOrder(asked: {
  readonly id: OrderId;
  readonly userId: UserId;
  readonly platform: Platform;
  readonly quote: Quote;
  readonly couponId: CouponId | null;
  readonly requestDigest: string;
  readonly now: TimeMs;
}): Order {
  const { quote, now } = asked;
  const expiresAtMs = timeMs(now + quote.payWindowMs);
  return {
    id: asked.id,
    userId: asked.userId,
    state: 'pending',
    platform: asked.platform,
    ...priceOf(quote),
    couponId: asked.couponId,
    requestDigest: asked.requestDigest,
    createdAtMs: now,
    expiresAtMs,
    paidAtMs: null,
    closedAtMs: null,
    closeReason: null,
    paymentOpenedAtMs: null,
    closeTries: 0,
    closeNextAtMs: expiresAtMs,
    refundingFen: fen(0),
    refundedFen: fen(0),
    lineRefunds: [],
    revoked: [],
    isHonoured: false,
    touch: null,
    updatedAtMs: now,
  };
}

/** The parts of a quote that an order keeps. */
type Price = 'lines' | 'listFen' | 'discountFen' | 'payableFen' | 'applied' | 'rail' | 'earnsPoints';

/** The order with another price: the same lines with another coupon. Its pay window does not start again. */
export function repriceOrder(order: Order, quote: Quote, couponId: CouponId | null, now: TimeMs): Order {
  return { ...order, ...priceOf(quote), couponId, updatedAtMs: now };
}

function priceOf(quote: Pick<Quote, Price>) {
  const { lines, listFen, discountFen, payableFen, applied, rail, earnsPoints } = quote;
  return { lines, listFen, discountFen, payableFen, applied, rail, earnsPoints };
}

/** The order's price in the form of the quote it was placed with. */
export function quoteOf(order: Order): Quote {
  const count = pointsOf(order);
  const offFen = fen(order.lines.reduce((sum, line) => sum + line.shares.pointsFen, 0));
  return {
    ...priceOf(order),
    couponId: order.couponId,
    points: { count, offFen, countMax: count },
    payWindowMs: order.expiresAtMs - order.createdAtMs,
    rejected: [],
  };
}

/**
 * The stored order, for a client that repeats the same request under the same id. Other users get an error.
 * @throws order.id_taken
 */
export function placedBefore(
  order: Order,
  asked: { readonly userId: UserId; readonly requestDigest: string },
): Order {
  if (order.userId === asked.userId && order.requestDigest === asked.requestDigest) return order;
  throw fail('order.id_taken');
}

/**
 * Accepts a quote if it is the price the buyer was shown and the named coupon applies.
 * @throws coupon.not_usable with the reason and its numbers; order.price_changed with the new quote
 */
export function acceptQuote(
  quote: Quote,
  shown: { readonly couponId: CouponId | null; readonly fen: Fen },
): void {
  if (quote.couponId !== shown.couponId) {
    const rejected = quote.rejected.find(({ id }) => id === shown.couponId);
    throw fail('coupon.not_usable', { params: { reason: rejected?.code, ...rejected?.params } });
  }
  if (quote.payableFen !== shown.fen) throw fail('order.price_changed', { params: { quote } });
}

/** The text on the buyer's bill at the rail. It is always the same for one order. */
export function describeOrder(order: Order): string {
  const [first] = order.lines;
  const title = first === undefined ? order.id : first.title;
  return order.lines.length > 1 ? `知课 ${title} 等${order.lines.length}件` : `知课 ${title}`;
}

/**
 * Refuses an order that can no longer be paid.
 * @throws order.already_paid; order.expired, also when it was closed for that reason; order.not_pending when it was
 * cancelled
 */
export function refuseUnlessPending(order: Order, now: TimeMs): void {
  if (order.state === 'paid') throw fail('order.already_paid');
  if (order.closeReason === 'cancelled') throw fail('order.not_pending', { detail: 'cancelled' });
  if (order.state !== 'pending' || now >= order.expiresAtMs) throw fail('order.expired');
}

/**
 * Refuses an order whose price can no longer change because the rail may already know it.
 * @throws order.payment_open, order.already_paid, order.expired, order.not_pending
 */
export function refuseUnlessChangeable(order: Order, now: TimeMs): void {
  refuseUnlessPending(order, now);
  if (order.paymentOpenedAtMs !== null) throw fail('order.payment_open');
}

/**
 * The order, marked as about to be opened at the rail. It must be committed before every request that opens the
 * payment.
 * @throws order.already_paid, order.expired, order.not_pending
 */
export function markOpening(order: Order, now: TimeMs): Order {
  refuseUnlessPending(order, now);
  return { ...order, paymentOpenedAtMs: now, updatedAtMs: now };
}

/** Whether the rail's "unknown order" is final: no request that opens the payment can still be on its way. */
export function isAbsenceFinal(order: Order, now: TimeMs): boolean {
  return order.paymentOpenedAtMs === null || now >= order.paymentOpenedAtMs + OPENING_MS;
}

/** The order, paid. @throws order.not_pending when it is neither pending nor closing */
export function markPaid(order: Order, paidAtMs: TimeMs, now: TimeMs): Order {
  return { ...order, state: after(order, 'pay'), paidAtMs, updatedAtMs: now };
}

/**
 * The closed order, paid after all: with what it had held, or, when `isHonoured`, without its coupon, points and
 * seats.
 * @throws order.not_pending unless it is closed
 */
export function markReopened(
  order: Order,
  paid: { readonly isHonoured: boolean; readonly paidAtMs: TimeMs; readonly now: TimeMs },
): Order {
  const { isHonoured, paidAtMs, now } = paid;
  const couponId = isHonoured ? null : order.couponId;
  return { ...order, state: after(order, 'reopen'), couponId, isHonoured, paidAtMs, updatedAtMs: now };
}

/** How many points an order is paid with, besides money. */
export function pointsOf(order: Pick<Order, 'lines' | 'isHonoured'>): number {
  if (order.isHonoured) return 0;
  return order.lines.reduce((sum, line) => sum + line.shares.pointsCount, 0);
}

/** The flash-sale seats that an order holds. */
export function seatsOf(
  order: Pick<Order, 'lines' | 'isHonoured'>,
): { flashSaleId: FlashSaleId; productId: ProductId }[] {
  if (order.isHonoured) return [];
  return order.lines.flatMap(({ flashSaleId, productId }) =>
    flashSaleId === null ? [] : [{ flashSaleId, productId }],
  );
}

/**
 * The order with one more try to close it started. Null when there is nothing to start: it is finished, its pay
 * window is still open, or a try is under way. The next try is due after 1, 2, 4, 8 … minutes, at most 64
 * (exponential backoff).
 */
export function beginClosing(order: Order, reason: 'expired' | 'cancelled', now: TimeMs): Order | null {
  const isDue = now >= order.closeNextAtMs;
  const pauseMs = Math.min(CLOSE_PAUSE_MAX_MS, MINUTE_MS * 2 ** order.closeTries);
  const begun = {
    closeTries: order.closeTries + 1,
    closeNextAtMs: timeMs(now + pauseMs),
    updatedAtMs: now,
  };
  if (order.state === 'pending' && (isDue || reason === 'cancelled')) {
    return { ...order, ...begun, state: after(order, 'startClosing'), closeReason: reason };
  }
  if (order.state === 'closing' && isDue) return { ...order, ...begun };
  return null;
}

/**
 * The order with the started try undone, because the rail was not asked after all. It is due again as before. Null
 * when the order has changed since.
 */
export function unbeginClosing(now: Order, begun: Order, before: Order, atMs: TimeMs): Order | null {
  const isSame = now.state === begun.state && now.closeTries === begun.closeTries;
  if (!isSame || now.closeNextAtMs !== begun.closeNextAtMs) return null;
  const closeNextAtMs = timeMs(Math.min(before.closeNextAtMs, atMs));
  return { ...now, closeTries: before.closeTries, closeNextAtMs, updatedAtMs: atMs };
}

/**
 * Whether the closing flow asks the rail about this order now or soon: its pay window is over, or it was cancelled.
 */
export function isClosing({ state, expiresAtMs }: Order, now: TimeMs): boolean {
  return state === 'closing' || (state === 'pending' && now >= expiresAtMs);
}

/** The order, closed for good. @throws order.not_pending unless it is closing */
export function markClosed(order: Order, now: TimeMs): Order {
  return { ...order, state: after(order, 'close'), closedAtMs: now, updatedAtMs: now };
}
