/** The rules of payments. Each order has one: what was sent to the rail, and the outcome. */
import { fail } from '../../errors.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { Payment, PaymentStatus } from '../../schemas/payments/payment.ts';
import { isClosing } from '../orders/order.ts';

type Step = 'prepare' | 'pay' | 'close' | 'payLate' | 'reopen';

/**
 * The state machine of a payment. Any step that is not in it is an error.
 *
 *   created ── prepare ──▶ prepaid ── pay ──▶ success
 *      │  └─────────── pay ───────────────────▲          (the notice came before the answer to our call)
 *      └── close ──┐          │ close
 *                  ▼          ▼
 *                  closed ── payLate ──▶ late      (the money goes back)
 *                  closed ── reopen ───▶ success   (it is accepted after all)
 */
const next = {
  created: { prepare: 'prepaid', pay: 'success', close: 'closed' },
  prepaid: { pay: 'success', close: 'closed' },
  success: {},
  closed: { payLate: 'late', reopen: 'success' },
  late: {},
} as const satisfies Record<PaymentStatus, Partial<Record<Step, PaymentStatus>>>;

function after(payment: Payment, step: Step): PaymentStatus {
  const steps: Partial<Record<Step, PaymentStatus>> = next[payment.state];
  const state = steps[step];
  if (state === undefined)
    throw fail('order.not_pending', { detail: `${step} of a payment that is ${payment.state}` });
  return state;
}

/**
 * The pauses between questions to the rail about something unfinished: 30 s, then 1, 2, 4, 8 and 15 minutes, and
 * from then on 30 minutes.
 */
const SYNC_PAUSES_MS = [
  30 * SECOND_MS,
  MINUTE_MS,
  2 * MINUTE_MS,
  4 * MINUTE_MS,
  8 * MINUTE_MS,
  15 * MINUTE_MS,
] as const;
const SYNC_PAUSE_MAX_MS = 30 * MINUTE_MS;

/** A payment or a refund that the rail is asked about on a schedule. */
interface Synced {
  readonly syncTries: number;
  readonly syncNextAtMs: TimeMs | null;
  readonly updatedAtMs: TimeMs;
}

/** When to ask the rail first about something that has just begun there. */
export function firstSyncAtMs(now: TimeMs): TimeMs {
  return timeMs(now + SYNC_PAUSES_MS[0]);
}

/**
 * The document with one more question counted and the next one scheduled; null when none is due. It must be
 * committed before the rail is asked, so that two timers ask only once.
 */
export function beginSync<D extends Synced>(doc: D, now: TimeMs): D | null {
  if (doc.syncNextAtMs === null || doc.syncNextAtMs > now) return null;
  const syncTries = doc.syncTries + 1;
  const pauseMs = SYNC_PAUSES_MS[syncTries] ?? SYNC_PAUSE_MAX_MS;
  return { ...doc, syncTries, syncNextAtMs: timeMs(now + pauseMs), updatedAtMs: now };
}

/**
 * The document with the counted question undone, because it was not asked after all. Null when it has changed since.
 */
export function unbeginSync<D extends Synced>(now: D, begun: Synced, before: Synced): D | null {
  const isSame = now.syncTries === begun.syncTries && now.syncNextAtMs === begun.syncNextAtMs;
  return isSame ? { ...now, syncTries: before.syncTries, syncNextAtMs: before.syncNextAtMs } : null;
}

/** The payment of a new order. No rail has been asked yet. */
export function newPayment(order: Order): Payment {
  return {
    id: order.id,
    userId: order.userId,
    rail: order.rail,
    state: 'created',
    amountFen: order.payableFen,
    openid: null,
    goods: null,
    prepayId: null,
    prepayAtMs: null,
    transactionId: null,
    paidAtMs: null,
    syncNextAtMs: null,
    syncTries: 0,
    createdAtMs: order.createdAtMs,
    updatedAtMs: order.updatedAtMs,
  };
}

/** The payment with its order's new price. Only allowed before the rail has been asked. */
export function repricePayment(payment: Payment, order: Order, now: TimeMs): Payment {
  return { ...payment, rail: order.rail, amountFen: order.payableFen, updatedAtMs: now };
}

/**
 * The payment as it must be stored before the rail is asked to open it. The payer and the goods are fixed now and
 * never change: the rail is asked the same each time, and whoever pays must be the one who ordered.
 */
export function markOpened(
  payment: Payment,
  { openid, goods }: { readonly openid: string; readonly goods: Payment['goods'] },
  now: TimeMs,
): Payment {
  return {
    ...payment,
    openid: payment.openid ?? openid,
    goods: payment.goods ?? goods,
    syncNextAtMs: payment.syncNextAtMs ?? firstSyncAtMs(now),
    updatedAtMs: now,
  };
}

/**
 * The payment with the rail's answer. A payment that was already paid (the notice came first) is returned unchanged.
 */
export function markPrepaid(payment: Payment, prepayId: string | null, now: TimeMs): Payment {
  if (payment.state !== 'created') return payment;
  return { ...payment, state: after(payment, 'prepare'), prepayId, prepayAtMs: now, updatedAtMs: now };
}

/** What is stored of a payment's money. `transactionId` is null when there was nothing to pay. */
export interface Paid {
  readonly transactionId: string | null;
  readonly paidAtMs: TimeMs;
  /** Who paid, as far as the rail says. It counts where we do not know who was asked to pay. */
  readonly openid?: string | null;
}

function withMoney(payment: Payment, { openid, ...paid }: Paid): Payment {
  return { ...payment, ...paid, openid: payment.openid ?? openid ?? null };
}

/** The payment, paid in time. */
export function markSuccess(payment: Payment, paid: Paid, now: TimeMs): Payment {
  return { ...withMoney(payment, paid), state: after(payment, 'pay'), syncNextAtMs: null, updatedAtMs: now };
}

/** The payment, paid after its order was closed: the money goes back. */
export function markLate(payment: Payment, paid: Paid, now: TimeMs): Payment {
  return {
    ...withMoney(payment, paid),
    state: after(payment, 'payLate'),
    syncNextAtMs: null,
    updatedAtMs: now,
  };
}

/** The payment, paid after its order was closed, and accepted all the same. */
export function markReopenedPayment(payment: Payment, paid: Paid, now: TimeMs): Payment {
  return {
    ...withMoney(payment, paid),
    state: after(payment, 'reopen'),
    syncNextAtMs: null,
    updatedAtMs: now,
  };
}

/** The pauses between questions about an order that was closed only here, at a rail where it may still be paid. */
const WATCH_PAUSES_MS = [HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS, 8 * HOUR_MS, 12 * HOUR_MS, 24 * HOUR_MS] as const;

/**
 * The payment of a closed order. A rail that closed it too need not be asked again. A rail that cannot close is
 * asked a few more times during the next two days.
 */
export function markPaymentClosed(payment: Payment, mayStillBePaid: boolean, now: TimeMs): Payment {
  const isWatched = mayStillBePaid && payment.openid !== null;
  const syncNextAtMs = isWatched ? timeMs(now + WATCH_PAUSES_MS[0]) : null;
  return { ...payment, state: after(payment, 'close'), syncNextAtMs, syncTries: 0, updatedAtMs: now };
}

/**
 * As `beginSync`, for a payment. A closed payment is asked about more and more rarely, and finally not at all. A
 * payment whose order is being closed is no longer asked about, because the closing flow asks.
 */
export function beginPaymentSync(payment: Payment, order: Order, now: TimeMs): Payment | null {
  const begun = beginSync(payment, now);
  if (begun !== null && isClosing(order, now)) return { ...payment, syncNextAtMs: null, updatedAtMs: now };
  if (begun === null || payment.state !== 'closed') return begun;
  const pauseMs = WATCH_PAUSES_MS[begun.syncTries];
  return { ...begun, syncNextAtMs: pauseMs === undefined ? null : timeMs(now + pauseMs) };
}
