/** What is done about money that a rail says has come. The decision, whole; `flows/settlePayment.ts` carries it out. */
import type { Fact } from '../event.ts';
import { type Fen, fen, type TimeMs } from '../schemas/base.ts';
import type { ExceptionKind, PaymentException, Receipt, Refund } from '../schemas/payment.ts';
import { type Holding, payHolding } from './holding.ts';
import { markLate } from './payment.ts';
import { requestRefund } from './refund.ts';

/** What a rail says of money that came for an order. Nothing in it is believed before it is compared. */
export interface Money {
  readonly rail: 'wxpay' | 'xpay';
  readonly appid: string;
  readonly merchantId: string;
  readonly orderNumber: string;
  readonly transactionId: string;
  readonly totalFen: number;
  readonly currency: string;
  /** Null when the rail does not say who paid. */
  readonly openid: string | null;
  readonly paidAtMs: TimeMs;
}

/** What we know of that order, and on which terms money is taken. */
export interface Known {
  /** Null when there is no such order. */
  readonly held: Holding | null;
  /** What is already written down of this very transaction. */
  readonly receipt: Receipt | null;
  readonly merchant: { readonly appid: string; readonly merchantId: string };
  readonly abilities: { readonly mayRefund: boolean };
  readonly now: TimeMs;
}

/** What to write, all in one transaction: `changed` replaces, the others are new. */
export interface Settlement {
  /**
   * `settled` paid the order; `late` and `second` are money that goes back; `refused` grants nothing; `unknown` may
   * be an order we cannot see yet; `repeated` changes nothing.
   */
  readonly outcome: 'settled' | 'late' | 'second' | 'refused' | 'unknown' | 'repeated';
  readonly changed: Holding | null;
  readonly receipt: Receipt | null;
  readonly refund: Refund | null;
  readonly exception: PaymentException | null;
  readonly facts: readonly Fact[];
}

const NOTHING = { changed: null, receipt: null, refund: null, exception: null, facts: [] } as const;

/** What staff read beside an exception. */
const STORIES = {
  unknown_order: '收到的付款找不到对应订单，未发放任何权益',
  merchant_mismatch: '收款方的 appid 或商户号与本店不符，未发放任何权益',
  currency_mismatch: '付款币种不是人民币，未发放任何权益',
  amount_mismatch: '付款金额与订单应付金额不符，未发放任何权益',
  payer_mismatch: '付款人与下单人不符，未发放任何权益',
  transaction_taken: '该笔交易已用于另一订单，未发放任何权益',
  late_payment: '订单关闭后收到付款，订单保持关闭',
  second_payment: '订单已付款后又收到一笔付款，不会重复发放权益',
} as const satisfies Partial<Record<ExceptionKind, string>>;

/**
 * Decides what money means: it pays a pending or closing order; it goes back when the order is closed (an order that
 * gave its coupon back is not revived) or already paid; and it grants nothing when anything about it is wrong. The
 * same transaction a second time changes nothing, whatever it says then.
 */
export function settle(money: Money, known: Known): Settlement {
  const { held, receipt, now } = known;
  if (receipt !== null && receipt.orderId === money.orderNumber) return { ...NOTHING, outcome: 'repeated' };
  const problem = problemWith(money, known);
  if (problem !== null || held === null) {
    const exception = exceptionOf(problem ?? 'unknown_order', money, known, null);
    return { ...NOTHING, outcome: exception.kind === 'unknown_order' ? 'unknown' : 'refused', exception };
  }
  const receivedFen = fen(money.totalFen);
  const paid = { transactionId: money.transactionId, paidAtMs: money.paidAtMs };
  const { order, payment } = held;
  if (payment.state === 'created' || payment.state === 'prepaid') {
    const { facts, ...changed } = payHolding(held, paid, now);
    return {
      ...NOTHING,
      outcome: 'settled',
      changed,
      receipt: receiptOf('settled', money, held, receivedFen, now),
      facts,
    };
  }
  const isLate = payment.state === 'closed';
  const back = known.abilities.mayRefund
    ? requestRefund({
        id: isLate ? `late-${order.id}` : `second-${money.transactionId}`,
        orderId: order.id,
        rail: money.rail,
        transactionId: money.transactionId,
        receivedFen,
        reason: isLate ? 'late_payment' : 'second_payment',
        now,
      })
    : { refund: null, facts: [] };
  const outcome = isLate ? 'late' : 'second';
  return {
    outcome,
    changed: isLate ? { ...held, payment: markLate(payment, paid, now) } : null,
    receipt: receiptOf(outcome, money, held, receivedFen, now),
    refund: back.refund,
    exception: exceptionOf(isLate ? 'late_payment' : 'second_payment', money, known, back.refund),
    facts: back.facts,
  };
}

/** What is wrong with this money, or null. Whose it is comes first: another shop's order numbers mean nothing to us. */
function problemWith(money: Money, { held, receipt, merchant }: Known): keyof typeof STORIES | null {
  if (money.appid !== merchant.appid || money.merchantId !== merchant.merchantId) return 'merchant_mismatch';
  if (held === null) return 'unknown_order';
  if (receipt !== null) return 'transaction_taken';
  if (money.currency !== 'CNY') return 'currency_mismatch';
  if (money.totalFen !== held.payment.amountFen) return 'amount_mismatch';
  if (money.openid !== null && money.openid !== held.payment.openid) return 'payer_mismatch';
  return null;
}

function receiptOf(
  kind: Receipt['kind'],
  money: Money,
  held: Holding,
  amountFen: Fen,
  receivedAtMs: TimeMs,
): Receipt {
  return {
    id: receiptId(money),
    orderId: held.order.id,
    rail: money.rail,
    transactionId: money.transactionId,
    amountFen,
    kind,
    receivedAtMs,
  };
}

/** A receipt's id: one for each transaction of a rail. */
export function receiptId(money: Pick<Money, 'rail' | 'transactionId'>): string {
  return `${money.rail}:${money.transactionId}`;
}

function exceptionOf(
  kind: keyof typeof STORIES,
  money: Money,
  known: Known,
  refund: Refund | null,
): PaymentException {
  // The rail's texts may be longer than ours ever are; an exception has to be written down all the same.
  const orderNumber = money.orderNumber.slice(0, 64);
  return {
    id: `${orderNumber}:${money.transactionId}:${kind}`,
    kind,
    orderNumber,
    transactionId: money.transactionId,
    expectedFen: known.held?.payment.amountFen ?? null,
    receivedFen: money.totalFen,
    currency: money.currency.slice(0, 16),
    refundId: refund?.id ?? null,
    detail: STORIES[kind],
    createdAtMs: known.now,
  };
}
