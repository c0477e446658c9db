/** The payment's rules: one payment for each order, what the rail has been told of it, and what came of it. */
import { fail } from '../../errors.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { Payment, PaymentStatus } from '../../schemas/payments/payment.ts';
import { isClosing } from '../orders/order.ts';

type Step = 'prepare' | 'pay' | 'close' | 'payLate' | 'reopen';

/**
 * The payment machine. What is not here cannot happen.
 *
 *   created ── prepare ──▶ prepaid ── pay ──▶ success
 *      │  └─────────── pay ───────────────────▲          (the notice was faster than the answer to our call)
 *      └── close ──┐          │ close
 *                  ▼          ▼
 *                  closed ── payLate ──▶ late      (the money goes back)
 *                  closed ── reopen ───▶ success   (it is taken after all)
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
 * The pauses between questions to the rail about something unfinished: 30 s, then 1, 2, 4, 8, 15 and 30 minutes; the
 * last one again and again.
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

/** What is asked about on a schedule: a payment or a refund. */
interface Synced {
  readonly syncTries: number;
  readonly syncNextAtMs: TimeMs | null;
  readonly updatedAtMs: TimeMs;
}

/** When to ask the rail for the first time about something that has just begun there. */
export function firstSyncAtMs(now: TimeMs): TimeMs {
  return timeMs(now + SYNC_PAUSES_MS[0]);
}

/**
 * The document with the question that is due now counted and the next one set, or null when none is due. To be
 * committed before the rail is asked, so that two timers ask once.
 */
export function beginSync<D extends Synced>(doc: D, now: TimeMs): D | null {
  if (doc.syncNextAtMs === null || doc.syncNextAtMs > now) return null;
  const syncTries = doc.syncTries + 1;
  const pauseMs = SYNC_PAUSES_MS[syncTries] ?? SYNC_PAUSE_MAX_MS;
  return { ...doc, syncTries, syncNextAtMs: timeMs(now + pauseMs), updatedAtMs: now };
}

/** The document as it is when the question that was begun was not asked: due as before. Null when it has changed since. */
export function unbeginSync<D extends Synced>(now: D, begun: Synced, before: Synced): D | null {
  const isSame = now.syncTries === begun.syncTries && now.syncNextAtMs === begun.syncNextAtMs;
  return isSame ? { ...now, syncTries: before.syncTries, syncNextAtMs: before.syncNextAtMs } : null;
}

/** The payment of a new order: nobody has been asked for it yet. */
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

/** The payment with the price its order has now. Only before the rail has been asked. */
export function repricePayment(payment: Payment, order: Order, now: TimeMs): Payment {
  return { ...payment, rail: order.rail, amountFen: order.payableFen, updatedAtMs: now };
}

/**
 * The payment as it is before the rail is asked to open it: who pays, and for which goods, is fixed now and never
 * changes, because the rail is to be asked the same each time, and whoever pays must be the one who ordered.
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

/** The payment with what the rail answered. A payment that has got further meanwhile (the notice came first) stays as it is. */
export function markPrepaid(payment: Payment, prepayId: string | null, now: TimeMs): Payment {
  if (payment.state !== 'created') return payment;
  return { ...payment, state: after(payment, 'prepare'), prepayId, prepayAtMs: now, updatedAtMs: now };
}

/** What is written down of money that came; `transactionId` is null when there was nothing to pay. */
export interface Paid {
  readonly transactionId: string | null;
  readonly paidAtMs: TimeMs;
}

/** The payment, paid in time. */
export function markSuccess(payment: Payment, paid: Paid, now: TimeMs): Payment {
  return { ...payment, ...paid, state: after(payment, 'pay'), syncNextAtMs: null, updatedAtMs: now };
}

/** The payment, paid after its order was closed: the money goes back. */
export function markLate(payment: Payment, paid: Paid, now: TimeMs): Payment {
  return { ...payment, ...paid, state: after(payment, 'payLate'), syncNextAtMs: null, updatedAtMs: now };
}

/** The payment, paid after its order was closed, and taken all the same. */
export function markReopenedPayment(payment: Payment, paid: Paid, now: TimeMs): Payment {
  return { ...payment, ...paid, state: after(payment, 'reopen'), syncNextAtMs: null, updatedAtMs: now };
}

/** The pauses between questions about an order that was closed here alone, at a rail where it may still be paid. */
const WATCH_PAUSES_MS = [HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS, 8 * HOUR_MS, 12 * HOUR_MS, 24 * HOUR_MS] as const;

/**
 * The payment of an order that is closed. There is nothing more to ask a rail that has closed it too; one that cannot
 * is asked a few times more, in the next two days.
 */
export function markPaymentClosed(payment: Payment, mayStillBePaid: boolean, now: TimeMs): Payment {
  const isWatched = mayStillBePaid && payment.openid !== null;
  const syncNextAtMs = isWatched ? timeMs(now + WATCH_PAUSES_MS[0]) : null;
  return { ...payment, state: after(payment, 'close'), syncNextAtMs, syncTries: 0, updatedAtMs: now };
}

/**
 * As `beginSync`, for a payment: one that is closed is asked about ever more rarely, and in the end no more. One whose
 * order is being closed is not asked about any more: who closes it asks, and nobody is to ask twice.
 */
export function beginPaymentSync(payment: Payment, order: Order, now: TimeMs): Payment | null {
  const begun = beginSync(payment, now);
  if (begun !== null && isClosing(order, now)) return { ...payment, syncNextAtMs: null, updatedAtMs: now };
  if (begun === null || payment.state !== 'closed') return begun;
  const pauseMs = WATCH_PAUSES_MS[begun.syncTries];
  return { ...begun, syncNextAtMs: pauseMs === undefined ? null : timeMs(now + pauseMs) };
}
