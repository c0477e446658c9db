/**
 * The books of simulated WeChat Pay: orders, payments and refunds. Its rules are its own; it shares no code with the
 * product.
 */
import { DAY_MS, HOUR_MS, type TimeMs, timeMs } from '../../../shared/schemas/base.ts';
import type { Prepay, Refund } from './requests.ts';
import { Refused } from './wire.ts';

/** A payment. Two of them for one order are wrong, and do happen. */
export interface RailTransaction {
  readonly transactionId: string;
  readonly orderNumber: string;
  readonly totalFen: number;
  /** WeChat Pay's own discount for the buyer, which WeChat Pay pays. */
  readonly discountFen: number;
  readonly currency: string;
  readonly openid: string;
  readonly paidAtMs: TimeMs;
  readonly notifyUrl: string;
}

/** A refund. */
export interface RailRefund {
  /** The merchant's refund number and the order number. */
  readonly refundNumber: string;
  readonly refundId: string;
  readonly transactionId: string;
  readonly orderNumber: string;
  readonly refundFen: number;
  readonly totalFen: number;
  readonly createdAtMs: TimeMs;
  readonly notifyUrl: string | null;
  /** The text of the request. A repeat must have exactly the same text. */
  readonly words: string;
  state: 'PROCESSING' | 'SUCCESS' | 'CLOSED' | 'ABNORMAL';
  finishedAtMs: TimeMs | null;
}

/** An order that a merchant opened. */
export interface RailOrder {
  readonly orderNumber: string;
  readonly asked: Prepay;
  readonly words: string;
  readonly createdAtMs: TimeMs;
  readonly expiresAtMs: TimeMs;
  readonly transactions: RailTransaction[];
  prepayId: string;
  prepayAtMs: TimeMs;
  closedAtMs: TimeMs | null;
}

/** How long the `prepay_id` is valid, however long the order is open. */
const PREPAY_MS = 2 * HOUR_MS;
const EXPIRES_MS = 7 * DAY_MS;
const REFUNDS_MAX = 50;

const paidStates = { open: 'ORDERPAID', close: 'ORDER_PAID' } as const;

/** All orders, transactions and refunds of one merchant. The caller gives the times. Numbers count up. */
export class Ledger {
  readonly orders = new Map<string, RailOrder>();
  readonly transactions = new Map<string, RailTransaction>();
  readonly refunds = new Map<string, RailRefund>();
  readonly closes: { readonly orderNumber: string; readonly atMs: TimeMs }[] = [];
  readonly #byPrepayId = new Map<string, RailOrder>();
  readonly #refundsOf = new Map<string, RailRefund[]>();
  #last: number;

  /** Numbers count up from `numbersFrom`. After a restart with a kept shop, no number may be given twice. */
  constructor(numbersFrom = 0) {
    this.#last = numbersFrom;
  }

  /** A new unused number that starts with `head`; a transaction's has 28 digits. */
  #number(head: string, now: number, digits: number): string {
    this.#last += 1;
    const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
    return head + day + String(this.#last).padStart(digits, '0');
  }

  /** Whether the order was not paid and can no longer be paid. */
  isClosed(order: RailOrder, now: number): boolean {
    return order.transactions.length === 0 && (order.closedAtMs !== null || now >= order.expiresAtMs);
  }

  #stateOf(order: RailOrder, now: number): 'paid' | 'closed' | 'open' {
    if (order.transactions.length > 0) return 'paid';
    return this.isClosed(order, now) ? 'closed' : 'open';
  }

  /** Opens an order, or answers a known one again. @throws Refused */
  open(asked: Prepay, now: TimeMs): RailOrder {
    const words = JSON.stringify(asked);
    const known = this.orders.get(asked.out_trade_no);
    if (known === undefined) return this.#opened(asked, words, now);
    if (known.words !== words)
      throw new Refused(400, 'INVALID_REQUEST', '请求重入时，参数与首次请求时不一致');
    const state = this.#stateOf(known, now);
    if (state === 'paid') throw new Refused(400, paidStates.open, '该订单已支付');
    if (state === 'closed') throw new Refused(400, 'ORDER_CLOSED', '该订单已关闭');
    if (now >= known.prepayAtMs + PREPAY_MS) this.#prepare(known, now);
    return known;
  }

  #opened(asked: Prepay, words: string, now: TimeMs): RailOrder {
    const expiresAtMs = asked.time_expire === undefined ? now + EXPIRES_MS : Date.parse(asked.time_expire);
    if (expiresAtMs <= now) throw new Refused(400, 'PARAM_ERROR', 'time_expire必须晚于当前时间');
    const order: RailOrder = {
      orderNumber: asked.out_trade_no,
      asked,
      words,
      createdAtMs: now,
      expiresAtMs: timeMs(expiresAtMs),
      transactions: [],
      prepayId: '',
      prepayAtMs: now,
      closedAtMs: null,
    };
    this.orders.set(order.orderNumber, order);
    this.#prepare(order, now);
    return order;
  }

  #prepare(order: RailOrder, now: TimeMs): void {
    this.#byPrepayId.delete(order.prepayId);
    order.prepayId = this.#number('wx', now, 26);
    order.prepayAtMs = now;
    this.#byPrepayId.set(order.prepayId, order);
  }

  /** The order with that number. @throws Refused ORDER_NOT_EXIST */
  order(orderNumber: string): RailOrder {
    const order = this.orders.get(orderNumber);
    if (order === undefined) throw new Refused(404, 'ORDER_NOT_EXIST', '订单不存在');
    return order;
  }

  /** Closes an order. Safe to repeat. @throws Refused */
  close(orderNumber: string, now: TimeMs): void {
    const order = this.order(orderNumber);
    if (this.#stateOf(order, now) === 'paid') throw new Refused(400, paidStates.close, '该订单已支付');
    if (order.closedAtMs !== null) return;
    order.closedAtMs = now;
    this.closes.push({ orderNumber, atMs: now });
  }

  /** The order that a phone may pay now, or the reason why it may not. */
  payable(prepayId: string, openid: string, now: TimeMs): RailOrder | string {
    const order = this.#byPrepayId.get(prepayId);
    if (order === undefined || now >= order.prepayAtMs + PREPAY_MS) return 'prepay_id无效';
    if (order.asked.payer.openid !== openid) return '下单账号与支付账号不一致';
    const state = this.#stateOf(order, now);
    if (state === 'paid') return '该订单已支付';
    return state === 'closed' ? '该订单已关闭' : order;
  }

  /** What a prepaid order says of itself; null for a number that is not known. */
  asked(prepayId: string): { readonly totalFen: number; readonly what: string } | null {
    const order = this.#byPrepayId.get(prepayId);
    return order === undefined ? null : { totalFen: order.asked.amount.total, what: order.asked.description };
  }

  /** Records a payment. The caller has checked `payable`, unless the payment is to be wrong on purpose. */
  pay(
    order: RailOrder,
    now: TimeMs,
    how: { totalFen?: number; currency?: string; isDiscounted?: boolean } = {},
  ): RailTransaction {
    const totalFen = how.totalFen ?? order.asked.amount.total;
    const transaction: RailTransaction = {
      transactionId: this.#number('4200', now, 16),
      orderNumber: order.orderNumber,
      totalFen,
      discountFen: how.isDiscounted === true ? Math.floor(totalFen / 10) : 0,
      currency: how.currency ?? order.asked.amount.currency,
      openid: order.asked.payer.openid,
      paidAtMs: now,
      notifyUrl: order.asked.notify_url,
    };
    order.transactions.push(transaction);
    this.transactions.set(transaction.transactionId, transaction);
    return transaction;
  }

  /** Accepts a refund, or answers a known one again. Never more than was paid. @throws Refused */
  refund(asked: Refund, now: TimeMs): { readonly refund: RailRefund; readonly isNew: boolean } {
    const words = JSON.stringify(asked);
    const known = this.refunds.get(asked.out_refund_no);
    if (known !== undefined) {
      if (known.words !== words)
        throw new Refused(400, 'INVALID_REQUEST', '请求重入时，参数与首次请求时不一致');
      return { refund: known, isNew: false };
    }
    const paid = this.transactions.get(asked.transaction_id);
    if (paid === undefined) throw new Refused(404, 'RESOURCE_NOT_EXISTS', '订单不存在');
    if (asked.amount.total !== paid.totalFen) throw new Refused(400, 'PARAM_ERROR', '订单金额不一致');
    const others = this.refundsOf(paid.transactionId);
    if (others.length >= REFUNDS_MAX) throw new Refused(400, 'INVALID_REQUEST', '部分退款次数超限');
    const live = others.filter(({ state }) => state !== 'CLOSED');
    const refundedFen = live.reduce((sum, { refundFen }) => sum + refundFen, 0);
    if (refundedFen + asked.amount.refund > paid.totalFen)
      throw new Refused(400, 'INVALID_REQUEST', '申请退款金额超过可退金额');
    const refund: RailRefund = {
      refundNumber: asked.out_refund_no,
      refundId: this.#number('503', now, 17),
      transactionId: paid.transactionId,
      orderNumber: paid.orderNumber,
      refundFen: asked.amount.refund,
      totalFen: paid.totalFen,
      createdAtMs: now,
      notifyUrl: asked.notify_url ?? null,
      words,
      state: 'PROCESSING',
      finishedAtMs: null,
    };
    this.refunds.set(refund.refundNumber, refund);
    this.#refundsOf.set(paid.transactionId, [...others, refund]);
    return { refund, isNew: true };
  }

  /** A new refund number, as the merchant's console gives one to a refund by hand. */
  consoleNumber(now: number): string {
    return this.#number('5030', now, 16);
  }

  /** The refunds of a transaction, oldest first. */
  refundsOf(transactionId: string): readonly RailRefund[] {
    return this.#refundsOf.get(transactionId) ?? [];
  }
}
