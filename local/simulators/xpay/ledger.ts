/** The books of simulated virtual payment: what phones paid, and what went back. Its own rules; nothing of the product's. */
import { DAY_MS, HOUR_MS, type TimeMs } from '../../../shared/schemas/base.ts';
import { type Env, type SignData, type XpayBody, XpayRefused } from './requests.ts';

/** An order as a phone began it. It is paid once; twice is wrong, and happens. */
export interface XpayBegun {
  readonly asked: SignData;
  /** What was signed, byte for byte: the same number may be tried again with nothing else. */
  readonly words: string;
  readonly openid: string;
  /** Whether it is Apple who takes the money: of the phone it was tried on last. */
  isApple: boolean;
  readonly createdAtMs: TimeMs;
  readonly payments: XpayPayment[];
}

/** Money that came. */
export interface XpayPayment {
  readonly wxOrderId: string;
  /** WeChat Pay's number of it, or Apple's. */
  readonly channelId: string;
  readonly orderNumber: string;
  readonly begun: XpayBegun;
  /** What the buyer was charged. */
  readonly paidFen: number;
  /** What the platform pays in the buyer's stead. */
  readonly couponFen: number;
  readonly paidAtMs: TimeMs;
  /** From when on `query_order` says so. */
  readonly shownAtMs: number;
  leftFen: number;
  isPushed: boolean;
  providedAtMs: TimeMs | null;
}

/** Money that goes back. */
export interface XpayRefund {
  /** The merchant's number; null of one that Apple made. */
  readonly refundNumber: string | null;
  readonly refundId: string;
  readonly payment: XpayPayment;
  readonly refundFen: number;
  readonly createdAtMs: TimeMs;
  state: 'PROCESSING' | 'SUCCESS' | 'FAILED';
  finishedAtMs: TimeMs | null;
}

/** What an order is meant by. */
type Meant = {
  readonly env: Env;
  readonly order_id?: string | undefined;
  readonly wx_order_id?: string | undefined;
};

/** What was begun and not paid is closed. How long the real one waits is not documented. */
const UNPAID_MS = 2 * HOUR_MS;
const REFUNDABLE_MS = 365 * DAY_MS;

/** All orders and refunds of one mini-program. Times are given; numbers count up. */
export class XpayLedger {
  readonly orders = new Map<string, XpayBegun>();
  readonly payments = new Map<string, XpayPayment>();
  readonly refunds = new Map<string, XpayRefund>();
  readonly #refundsByNumber = new Map<string, XpayRefund>();
  #last: number;

  /** Numbers count up from here: who starts again with a shop that is kept must give none of them twice. */
  constructor(numbersFrom = 0) {
    this.#last = numbersFrom;
  }

  #number(head: string, now: number): string {
    this.#last += 1;
    const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
    return head + day + String(this.#last).padStart(16, '0');
  }

  /** The order of that number; null when no phone has begun it. */
  find(env: Env, orderNumber: string): XpayBegun | null {
    return this.orders.get(`${env} ${orderNumber}`) ?? null;
  }

  /** Begins an order, or goes on with one. Answers why not: used with other words (-15002), or closed (-15012). */
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

  /** Whether nobody can pay it any more, and nobody did. */
  isClosed({ payments, createdAtMs }: XpayBegun, now: number): boolean {
    return payments.length === 0 && now >= createdAtMs + UNPAID_MS;
  }

  /** Takes the money. */
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

  /** The payment that is meant: of several under one number, the first, or the last. @throws XpayRefused */
  payment({ env, order_id: orderNumber, wx_order_id: wxOrderId }: Meant, which: 0 | -1 = 0): XpayPayment {
    const payment =
      wxOrderId === undefined
        ? this.find(env, orderNumber ?? '')?.payments.at(which)
        : this.payments.get(wxOrderId);
    if (payment === undefined || payment.begun.asked.env !== env) throw new XpayRefused('absent');
    return payment;
  }

  /** The refund of that number, the merchant's or the platform's; null when there is none. */
  refundOf({ env, order_id: number, wx_order_id: wxNumber }: Meant): XpayRefund | null {
    const refund = this.#refundsByNumber.get(number ?? '') ?? this.refunds.get(wxNumber ?? '');
    return refund?.payment.begun.asked.env === env ? refund : null;
  }

  /** A number that nobody has used, as the merchant's console gives one to a refund by hand. */
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

  /** Apple gives everything back that is left. */
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

  /** Ends a refund. What failed is left again. */
  finish(refund: XpayRefund, state: 'SUCCESS' | 'FAILED', now: TimeMs): void {
    refund.state = state;
    refund.finishedAtMs = now;
    if (state === 'FAILED') refund.payment.leftFen += refund.refundFen;
  }
}
