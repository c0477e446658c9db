/**
 * The books of simulated virtual payment: payments and refunds. Its rules are its own; it shares no code with the
 * product.
 */
import { DAY_MS, HOUR_MS, type TimeMs } from '../../../shared/schemas/base.ts';
import { type Env, type SignData, type XpayBody, XpayRefused } from './requests.ts';

/** An order that a phone began. It is paid once. Twice is wrong, and does happen. */
export interface XpayBegun {
  readonly asked: SignData;
  /** The signed text, byte for byte. A retry of the same number must have the same text. */
  readonly words: string;
  readonly openid: string;
  /** Whether Apple takes the money. It depends on the phone that tried last. */
  isApple: boolean;
  readonly createdAtMs: TimeMs;
  readonly payments: XpayPayment[];
}

/** A payment. */
export interface XpayPayment {
  readonly wxOrderId: string;
  /** WeChat Pay's number for it, or Apple's. */
  readonly channelId: string;
  readonly orderNumber: string;
  readonly begun: XpayBegun;
  /** The amount that the buyer was charged. */
  readonly paidFen: number;
  /** The amount that the platform pays for the buyer. */
  readonly couponFen: number;
  readonly paidAtMs: TimeMs;
  /** From when on `query_order` shows it. */
  readonly shownAtMs: number;
  leftFen: number;
  isPushed: boolean;
  providedAtMs: TimeMs | null;
}

/** A refund. */
export interface XpayRefund {
  /** The merchant's number; null for a refund by Apple. */
  readonly refundNumber: string | null;
  readonly refundId: string;
  readonly payment: XpayPayment;
  readonly refundFen: number;
  readonly createdAtMs: TimeMs;
  state: 'PROCESSING' | 'SUCCESS' | 'FAILED';
  finishedAtMs: TimeMs | null;
}

/** How a request names an order. */
type Meant = {
  readonly env: Env;
  readonly order_id?: string | undefined;
  readonly wx_order_id?: string | undefined;
};

/** After this time an unpaid order is closed. How long the real platform waits is not documented. */
const UNPAID_MS = 2 * HOUR_MS;
const REFUNDABLE_MS = 365 * DAY_MS;

/** All orders and refunds of one mini-program. The caller gives the times. Numbers count up. */
export class XpayLedger {
  readonly orders = new Map<string, XpayBegun>();
  readonly payments = new Map<string, XpayPayment>();
  readonly refunds = new Map<string, XpayRefund>();
  readonly #refundsByNumber = new Map<string, XpayRefund>();
  #last: number;

  /** Numbers count up from `numbersFrom`. After a restart with a kept shop, no number may be given twice. */
  constructor(numbersFrom = 0) {
    this.#last = numbersFrom;
  }

  #number(head: string, now: number): string {
    this.#last += 1;
    const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
    return head + day + String(this.#last).padStart(16, '0');
  }

  /** The order with that number; null when no phone has begun it. */
  find(env: Env, orderNumber: string): XpayBegun | null {
    return this.orders.get(`${env} ${orderNumber}`) ?? null;
  }

  /**
   * Begins an order, or continues one. Answers the reason if it cannot: other signed text (-15002), or closed (-15012).
   */
  begin(given: Omit<XpayBegun, 'payments' | 'createdAtMs'>, now: TimeMs): XpayBegun | -15002 | -15012 {
    const { asked, words, openid } = given;
    const known = this.find(asked.env, asked.outTradeNo);
    if (known === null) {
      const begun = { ...given, createdAtMs: now, payments: [] };
      this.orders.set(`${asked.env} ${asked.outTradeNo}`, begun);
      return begun;
    }
    if (known.payments.length > 0 || known.words !== words || known.openid !== openid) return -15002;
    if (this.isClosed(known, now)) return -15012;
    known.isApple = given.isApple;
    return known;
  }

  /** Whether the order was not paid and can no longer be paid. */
  isClosed({ payments, createdAtMs }: XpayBegun, now: number): boolean {
    return payments.length === 0 && now >= createdAtMs + UNPAID_MS;
  }

  /** Records a payment. */
  pay(
    begun: XpayBegun,
    now: TimeMs,
    how: { readonly shownAtMs: number; readonly moreFen: number; readonly isDiscounted: boolean },
  ): XpayPayment {
    const { goodsPrice, activitySellingPrice = goodsPrice, buyQuantity, outTradeNo } = begun.asked;
    const totalFen = activitySellingPrice * buyQuantity + how.moreFen;
    const couponFen = how.isDiscounted ? Math.floor(totalFen / 10) : 0;
    const paidFen = totalFen - couponFen;
    const payment: XpayPayment = {
      wxOrderId: this.#number('XP', now),
      channelId: this.#number(begun.isApple ? '480' : '4500', now),
      orderNumber: outTradeNo,
      begun,
      paidFen,
      couponFen,
      paidAtMs: now,
      shownAtMs: how.shownAtMs,
      leftFen: paidFen,
      isPushed: false,
      providedAtMs: null,
    };
    begun.payments.push(payment);
    this.payments.set(payment.wxOrderId, payment);
    return payment;
  }

  /**
   * The payment that a request names. If one number was paid twice, `which` chooses the first (0) or the last (-1).
   * @throws XpayRefused
   */
  payment({ env, order_id: orderNumber, wx_order_id: wxOrderId }: Meant, which: 0 | -1 = 0): XpayPayment {
    const payment =
      wxOrderId === undefined
        ? this.find(env, orderNumber ?? '')?.payments.at(which)
        : this.payments.get(wxOrderId);
    if (payment === undefined || payment.begun.asked.env !== env) throw new XpayRefused('absent');
    return payment;
  }

  /** The refund with that number, the merchant's or the platform's; null when there is none. */
  refundOf({ env, order_id: number, wx_order_id: wxNumber }: Meant): XpayRefund | null {
    const refund = this.#refundsByNumber.get(number ?? '') ?? this.refunds.get(wxNumber ?? '');
    return refund?.payment.begun.asked.env === env ? refund : null;
  }

  /** A new refund number, as the merchant's console gives one to a refund by hand. */
  consoleNumber(now: number): string {
    return this.#number('MP', now);
  }

  /** The refunds of a payment, oldest first. */
  refundsOf(payment: XpayPayment): readonly XpayRefund[] {
    return [...this.refunds.values()].filter((refund) => refund.payment === payment);
  }

  /** Accepts a refund: one at a time for each payment, and never more than is left. @throws XpayRefused */
  refund(asked: XpayBody<'/xpay/refund_order'>, now: TimeMs): XpayRefund {
    const known = this.#refundsByNumber.get(asked.refund_order_id);
    const payment = this.payment(asked);
    if (payment.begun.openid !== asked.openid) throw new XpayRefused('openid');
    if (known !== undefined) {
      if (known.payment !== payment || known.refundFen !== asked.refund_fee) throw new XpayRefused('words');
      throw new XpayRefused(known.state === 'PROCESSING' ? 'refundRunning' : 'done');
    }
    if (now < payment.shownAtMs) throw new XpayRefused('absent');
    if (payment.begun.isApple) throw new XpayRefused('words', 'iOS订单不支持退款');
    if (now >= payment.paidAtMs + REFUNDABLE_MS) throw new XpayRefused('words', '超过退款期限');
    if (this.refundsOf(payment).some(({ state }) => state === 'PROCESSING'))
      throw new XpayRefused('refundRunning');
    if (asked.left_fee !== payment.leftFen) throw new XpayRefused('leftFee');
    if (asked.refund_fee > payment.leftFen) throw new XpayRefused('words', 'refund_fee');
    return this.#giveBack(payment, asked.refund_order_id, asked.refund_fee, now);
  }

  /** Refunds all that is left, as Apple does. */
  refundByApple(payment: XpayPayment, now: TimeMs): XpayRefund {
    return this.#giveBack(payment, null, payment.leftFen, now);
  }

  #giveBack(payment: XpayPayment, refundNumber: string | null, refundFen: number, now: TimeMs): XpayRefund {
    const refund: XpayRefund = {
      refundNumber,
      refundId: this.#number('XR', now),
      payment,
      refundFen,
      createdAtMs: now,
      state: 'PROCESSING',
      finishedAtMs: null,
    };
    payment.leftFen -= refundFen;
    this.refunds.set(refund.refundId, refund);
    if (refundNumber !== null) this.#refundsByNumber.set(refundNumber, refund);
    return refund;
  }

  /** Finishes a refund. The amount of a failed one can be refunded again. */
  finish(refund: XpayRefund, state: 'SUCCESS' | 'FAILED', now: TimeMs): void {
    refund.state = state;
    refund.finishedAtMs = now;
    if (state === 'FAILED') refund.payment.leftFen += refund.refundFen;
  }
}
