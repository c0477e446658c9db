/** The books of both rails in one form, for judges. */
import type { WechatPayBooks } from '../../local/simulators/wxpay/simulator.ts';
import type { XpayBooks } from '../../local/simulators/xpay/books.ts';

type Rail = 'wxpay' | 'xpay';

/** The rails' books, with the fields that are judged. */
export interface RailBooks {
  readonly orders: readonly {
    readonly rail: Rail;
    readonly orderNumber: string;
    readonly totalFen: number;
    /** Whether the order was not paid and can no longer be paid. */
    readonly isClosed: boolean;
  }[];
  readonly transactions: readonly {
    readonly rail: Rail;
    readonly transactionId: string;
    readonly orderNumber: string;
    readonly totalFen: number;
  }[];
  readonly refunds: readonly {
    readonly rail: Rail;
    /** The merchant's number; null for a refund by Apple. */
    readonly refundNumber: string | null;
    /** Whether staff made it at the merchant's console. */
    readonly isByHand: boolean;
    readonly transactionId: string;
    readonly refundFen: number;
    readonly isSuccess: boolean;
  }[];
  /** Orders for which virtual payment got a success for its push about a payment. */
  readonly told: readonly string[];
}

const of =
  <R extends Rail>(rail: R) =>
  <T>(each: T): T & { readonly rail: R } => ({ ...each, rail });

/** Combines the two rails' books. */
export function railBooksOf(
  wxpay: Pick<WechatPayBooks, 'orders' | 'transactions' | 'refunds'>,
  xpay: Pick<XpayBooks, 'orders' | 'transactions' | 'refunds' | 'pushes'>,
  byHand: ReadonlySet<string> = new Set(),
): RailBooks {
  const refunds = [...wxpay.refunds.map(of('wxpay')), ...xpay.refunds.map(of('xpay'))];
  return {
    orders: [...wxpay.orders.map(of('wxpay')), ...xpay.orders.map(of('xpay'))],
    transactions: [...wxpay.transactions.map(of('wxpay')), ...xpay.transactions.map(of('xpay'))],
    refunds: refunds.map((each) => ({ ...each, isByHand: byHand.has(each.refundNumber ?? '') })),
    told: xpay.pushes
      .filter(({ event, isTaken }) => isTaken && event === 'xpay_goods_deliver_notify')
      .map(({ orderNumber }) => orderNumber),
  };
}
