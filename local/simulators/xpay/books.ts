/** The shape of simulated virtual payment's books for judges outside: what JSON can hold. */
import type { TimeMs } from '../../../shared/schemas/base.ts';
import type { PushRecord } from '../wechat/push.ts';
import type { Shelf } from './goods.ts';
import type { XpayBegun, XpayLedger, XpayPayment, XpayRefund } from './ledger.ts';
import type { Env } from './requests.ts';

/** The shop's answer when Apple asked about a refund. */
export interface InquiryRecord {
  readonly orderNumber: string;
  readonly atMs: TimeMs;
  /** 0: refund it. 1: we object. Null: no usable answer, or not in time. */
  readonly resultCode: 0 | 1 | null;
  readonly evidence: string;
}

/** What the books say. */
export interface XpayBooks {
  readonly orders: readonly {
    readonly orderNumber: string;
    readonly totalFen: number;
    readonly openid: string;
    readonly productId: string;
    readonly env: Env;
    readonly isApple: boolean;
    readonly createdAtMs: number;
    /** Whether the order was not paid and can no longer be paid. */
    readonly isClosed: boolean;
  }[];
  /** Payments. Two of them for one order are wrong, and do happen. */
  readonly transactions: readonly {
    /** The platform's number, `wx_order_id`. */
    readonly transactionId: string;
    readonly orderNumber: string;
    readonly totalFen: number;
    readonly leftFen: number;
    readonly openid: string;
    readonly isApple: boolean;
    readonly paidAtMs: number;
    /** When the shop's server reported the delivery, by its answer to a push or by a call. */
    readonly providedAtMs: number | null;
  }[];
  readonly refunds: readonly {
    /** The merchant's number; null for a refund by Apple. */
    readonly refundNumber: string | null;
    readonly refundId: string;
    readonly transactionId: string;
    readonly orderNumber: string;
    readonly refundFen: number;
    readonly isSuccess: boolean;
    readonly isProcessing: boolean;
    readonly createdAtMs: number;
  }[];
  readonly goods: readonly { readonly id: string; readonly priceFen: number; readonly isOnSale: boolean }[];
  readonly pushes: readonly PushRecord[];
  readonly inquiries: readonly InquiryRecord[];
}

type Order = XpayBooks['orders'][number];
type Transaction = XpayBooks['transactions'][number];
type Refund = XpayBooks['refunds'][number];

function orderOf(begun: XpayBegun, isClosed: boolean): Order {
  const { asked, openid, isApple, createdAtMs } = begun;
  const { outTradeNo, productId, env, goodsPrice, activitySellingPrice = goodsPrice } = asked;
  const totalFen = activitySellingPrice * asked.buyQuantity;
  return { orderNumber: outTradeNo, totalFen, openid, productId, env, isApple, createdAtMs, isClosed };
}

function transactionOf({ begun, wxOrderId, paidFen, couponFen, ...payment }: XpayPayment): Transaction {
  const { orderNumber, leftFen, paidAtMs, providedAtMs } = payment;
  const { openid, isApple } = begun;
  const money = { totalFen: paidFen + couponFen, leftFen, paidAtMs, providedAtMs };
  return { transactionId: wxOrderId, orderNumber, openid, isApple, ...money };
}

function refundOf({ payment, state, ...refund }: XpayRefund): Refund {
  const { refundNumber, refundId, refundFen, createdAtMs } = refund;
  const { wxOrderId: transactionId, orderNumber } = payment;
  const isSuccess = state === 'SUCCESS';
  const isProcessing = state === 'PROCESSING';
  return {
    refundNumber,
    refundId,
    transactionId,
    orderNumber,
    refundFen,
    isSuccess,
    isProcessing,
    createdAtMs,
  };
}

/** The books as they are now. */
export function xpayBooksOf(given: {
  readonly now: number;
  readonly ledger: XpayLedger;
  readonly shelf: Shelf;
  readonly pushes: readonly PushRecord[];
  readonly inquiries: readonly InquiryRecord[];
}): XpayBooks {
  const { now, ledger, shelf, pushes, inquiries } = given;
  return {
    orders: [...ledger.orders.values()].map((begun) => orderOf(begun, ledger.isClosed(begun, now))),
    transactions: [...ledger.payments.values()].map(transactionOf),
    refunds: [...ledger.refunds.values()].map(refundOf),
    goods: shelf.items.map(({ id, priceFen, onSaleAtMs }) => ({
      id,
      priceFen,
      isOnSale: onSaleAtMs !== null && onSaleAtMs <= now,
    })),
    pushes: [...pushes],
    inquiries: [...inquiries],
  };
}
