/** The decision about money that a rail reports. `flows/payments/settlePayment.ts` carries it out. */
import type { Fact } from '../../event.ts';
import { fen, OrderId, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { CaseKind } from '../../schemas/operations/case.ts';
import type { ExceptionKind, PaymentException, Receipt } from '../../schemas/payments/payment.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';
import { closeHolding, type Holding, payHolding, reopenHolding } from '../orders/holding.ts';
import { beginClosing } from '../orders/order.ts';
import { requestRefund } from '../refunds/refund.ts';
import { markLate } from './payment.ts';

/** A rail's report of money for an order. Nothing in it is trusted before it is compared with our records. */
export interface Money {
  readonly rail: 'wxpay' | 'xpay';
  readonly appid: string;
  readonly merchantId: string;
  readonly orderNumber: string;
  readonly transactionId: string;
  readonly totalFen: number;
  readonly currency: string;
  /** The payer; null when the rail does not say. */
  readonly openid: string | null;
  readonly paidAtMs: TimeMs;
  /** Whether some of it has already gone back at the rail. */
  readonly hasRefunds: boolean;
  /** How much of it went back, in fen, summed over the rail's bills; left out when it was not counted. */
  readonly backFen?: number | undefined;
  /** Whether Apple took the money. Then only Apple can give it back. */
  readonly isByApple?: boolean | undefined;
}

/** What we know of the order, and the rail's abilities. */
export interface Known {
  /** Null when there is no such order. */
  readonly held: Holding | null;
  /** Our existing receipt for this transaction. */
  readonly receipt: Receipt | null;
  readonly merchant: { readonly appid: string; readonly merchantId: string };
  readonly abilities: { readonly mayClose: boolean; readonly mayRefund: boolean };
  /**
   * For late money by a rail that cannot be closed: whether everything the order had held was taken again. Null
   * until that was tried.
   */
  readonly isHeldAgain: boolean | null;
  /** Whether the buyer can use everything in the order now without it. */
  readonly isOwned: boolean;
  /** The number for a refund of this transaction, derived from the transaction alone: at most 26 characters. */
  readonly refundNumber: string;
  readonly now: TimeMs;
}

/** What to write, all in one transaction. `changed` replaces documents; the rest is new. */
export interface Settlement {
  /**
   * The outcome.
   *
   * - `settled`: it paid the order.
   * - `reopened`: it paid a closed order, with what the order had held.
   * - `honoured`: it paid a closed order, without what the order had held.
   * - `late`, `second`: it came late or twice, and goes back where the rail can do that.
   * - `owned`: as `late`; the buyer already owns everything, and the order is closed.
   * - `gone`: all of the money has already gone back, and the order is closed.
   * - `lost`: its order is missing from the store, and it goes back.
   * - `refused`: something about it is wrong, and it grants nothing.
   * - `unknown`: its order may be one that we cannot see yet.
   * - `repeated`: it is known already, and changes nothing.
   */
  readonly outcome:
    | 'settled'
    | 'reopened'
    | 'honoured'
    | 'late'
    | 'second'
    | 'owned'
    | 'gone'
    | 'lost'
    | 'refused'
    | 'unknown'
    | 'repeated';
  readonly changed: Holding | null;
  readonly receipt: Receipt | null;
  readonly refund: Refund | null;
  readonly exception: PaymentException | null;
  readonly facts: readonly Fact[];
}

const NOTHING = { changed: null, receipt: null, refund: null, exception: null, facts: [] } as const;

/** The texts about exceptions that staff read. */
const STORIES = {
  unknown_order: '收到的付款找不到对应订单，未发放任何权益',
  merchant_mismatch: '收款方的 appid 或商户号与本店不符，未发放任何权益',
  rail_mismatch: '付款渠道与订单的支付渠道不符，未发放任何权益',
  currency_mismatch: '付款币种不是人民币，未发放任何权益',
  amount_mismatch: '付款金额与订单应付金额不符，未发放任何权益',
  payer_mismatch: '付款人与下单人不符，未发放任何权益',
  transaction_taken: '该笔交易已用于另一订单，未发放任何权益',
  refunded_at_rail: '该笔付款在我们得知之前已被退回，未发放任何权益',
  late_payment: '订单关闭后收到付款，订单保持关闭',
  late_reopened: '订单关闭后收到付款，优惠与名额仍在，已恢复订单并发放权益',
  late_honoured: '订单关闭后收到付款，优惠或名额已失效且款项无法退回，已按实付发放权益，差额计入损失',
  second_payment: '订单已付款后又收到一笔付款，不会重复发放权益',
  order_lost: '账单中的付款属于本店已不存在的订单（例如从较早的备份恢复之后），款项能退回的自动退回',
  already_owned: '付款时买家已可使用订单中的全部商品；款项能退回的退回并关闭订单，否则照常发放',
} as const satisfies Partial<Record<ExceptionKind, string>>;

/**
 * Decides what to do with money.
 *
 * - A pending or closing order is paid, unless its buyer owns everything in it and the money can go back.
 * - For a closed order the money goes back. By a rail that cannot be closed it is accepted if everything the order
 *   had held can be taken again, and also if it cannot be refunded.
 * - For a paid order it goes back as a second payment.
 * - When anything about it is wrong, it grants nothing.
 *
 * The same transaction reported again changes nothing, whatever the report says.
 */
export function settle(money: Money, known: Known): Settlement {
  const { held, receipt } = known;
  if (receipt !== null && receipt.orderId === money.orderNumber) return repeated(receipt, known);
  if (isLost(money, known)) return takeLost(money, known);
  const problem = problemWith(money, known);
  if (problem !== null || held === null) {
    const exception = exceptionOf(problem ?? 'unknown_order', money, known, null);
    return { ...NOTHING, outcome: exception.kind === 'unknown_order' ? 'unknown' : 'refused', exception };
  }
  const { payment } = held;
  if (isGone(money)) return takeGone(money, { ...known, held });
  if (payment.state === 'created' || payment.state === 'prepaid') return payOpen(money, { ...known, held });
  if (payment.state !== 'closed') return giveBack('second', money, { ...known, held });
  const { mayClose, mayRefund } = known.abilities;
  const isTaken = !mayClose && (known.isHeldAgain === true || (known.isHeldAgain === false && !mayRefund));
  return isTaken
    ? takeLate(money, { ...known, held }, known.isHeldAgain !== true)
    : giveBack('late', money, { ...known, held });
}

/**
 * The outcome for a transaction that we already have. Money of a lost order goes back whatever became of the order:
 * a client that placed the order again has used up its number.
 */
function repeated({ kind }: Receipt, { held }: Known): Settlement {
  const isOpen = held?.payment.state === 'created' || held?.payment.state === 'prepaid';
  return { ...NOTHING, outcome: kind === 'lost' && isOpen ? 'refused' : 'repeated' };
}

/** Whether the money is for an order of ours that is missing from the store. Only a bill is trusted about that. */
function isLost(money: Money, known: Known): boolean {
  const isNumbered = money.backFen !== undefined && OrderId.safeParse(money.orderNumber).success;
  return known.held === null && isNumbered && problemWith(money, known) === 'unknown_order';
}

const isGone = ({ backFen, totalFen }: Money) => backFen !== undefined && backFen >= totalFen;

function takeLost(money: Money, known: Known): Settlement {
  const { now, abilities } = known;
  const id = OrderId.parse(money.orderNumber);
  const platform = money.rail === 'wxpay' ? 'web' : money.isByApple === true ? 'ios' : 'android';
  const back =
    abilities.mayRefund && !isGone(money)
      ? backOf('late', money, { id, userId: null, rail: money.rail, platform }, known)
      : NO_REFUND;
  return {
    ...NOTHING,
    ...back,
    outcome: isGone(money) ? 'gone' : 'lost',
    receipt: { ...receiptOf('lost', money, id, now), openid: money.openid },
    exception: exceptionOf('order_lost', money, known, back.refund),
  };
}

/** All of the money has gone back at the rail. It is recorded as such, and the order is closed. */
function takeGone(money: Money, known: Found): Settlement {
  const { held, now } = known;
  const { payment } = held;
  const isSecond = payment.state === 'success' || payment.state === 'late';
  const closed = isSecond ? null : closedFor(held, now);
  return {
    ...NOTHING,
    outcome: 'gone',
    changed: closed === null ? null : { ...closed, payment: markLate(closed.payment, paidBy(money), now) },
    receipt: receiptOf(isSecond ? 'second' : 'late', money, held.order.id, now),
    exception: exceptionOf('refunded_at_rail', money, known, null),
  };
}

/** The order as if nobody had paid: closed, with what it held given back. */
function closedFor(held: Holding, now: TimeMs): Holding {
  if (held.order.state === 'closed') return held;
  const order = beginClosing(held.order, 'cancelled', now) ?? held.order;
  return closeHolding({ ...held, order }, false, now);
}

const paidBy = ({ transactionId, paidAtMs, openid }: Money) => ({ transactionId, paidAtMs, openid });

/** `Known` once the order was found. */
type Found = Known & { readonly held: Holding };

/** Pays an open order. When the buyer already owns everything and the money can go back, it goes back instead. */
function payOpen(money: Money, known: Found): Settlement {
  const { held, isOwned, abilities, now } = known;
  if (isOwned && abilities.mayRefund) {
    return giveBack('owned', money, { ...known, held: closedFor(held, now) });
  }
  const { facts, ...changed } = payHolding(held, paidBy(money), now);
  return {
    ...NOTHING,
    outcome: 'settled',
    changed,
    receipt: receiptOf('settled', money, held.order.id, now),
    exception: isOwned ? exceptionOf('already_owned', money, known, null) : null,
    facts,
  };
}

function takeLate(money: Money, known: Found, isHonoured: boolean): Settlement {
  const { held, now } = known;
  const { facts, ...changed } = reopenHolding(held, paidBy(money), isHonoured, now);
  return {
    ...NOTHING,
    outcome: isHonoured ? 'honoured' : 'reopened',
    changed,
    receipt: receiptOf('settled', money, held.order.id, now),
    exception: exceptionOf(isHonoured ? 'late_honoured' : 'late_reopened', money, known, null),
    facts,
  };
}

/** For a second payment that stays with us, when the first payment was refunded before we heard of the second. */
const NOTHING_GIVEN =
  '订单原付款已全部退回、权益已收回，此后得知还有一笔无法退回的付款：买家付了款却没有权益，可发放兑换码补偿，或引导买家向苹果申请退款';

const BACK_AS = { late: 'late_payment', second: 'second_payment', owned: 'already_owned' } as const;

const NO_REFUND = { refund: null, facts: [] } as const;

/** The refund of what is left of money that paid for nothing. */
function backOf(
  how: 'late' | 'second',
  money: Money,
  order: Pick<Holding['order'], 'id' | 'rail' | 'platform'> & { readonly userId: UserId | null },
  { refundNumber, now }: Known,
) {
  const { rail, transactionId, totalFen, backFen = 0 } = money;
  const id = how === 'second' ? `rs_${refundNumber}` : `rl_${order.id.slice(4)}`;
  const reason = how === 'second' ? 'second_payment' : 'late_payment';
  const receivedFen = fen(totalFen);
  const asked = requestRefund({ id, order, rail, transactionId, receivedFen, reason, now });
  return { ...asked, refund: { ...asked.refund, refundFen: fen(totalFen - backFen) } };
}

function giveBack(outcome: keyof typeof BACK_AS, money: Money, known: Found): Settlement {
  const { held, now, abilities } = known;
  const { order, payment } = held;
  const isSecond = outcome === 'second';
  const back = abilities.mayRefund ? backOf(isSecond ? 'second' : 'late', money, order, known) : NO_REFUND;
  const exception = exceptionOf(BACK_AS[outcome], money, known, back.refund);
  const isAllBack = order.refundedFen === order.payableFen && order.payableFen > 0;
  return {
    outcome,
    changed: isSecond ? null : { ...held, payment: markLate(payment, paidBy(money), now) },
    receipt: receiptOf(isSecond ? 'second' : 'late', money, order.id, now),
    refund: back.refund,
    exception:
      isSecond && back.refund === null && isAllBack ? { ...exception, detail: NOTHING_GIVEN } : exception,
    facts: back.facts,
  };
}

/**
 * Whether somebody else paid than whom we had asked. A payment that we have not opened was opened before our store was
 * restored from an older copy: only we can open one under our merchant's number.
 */
function isOfAnother({ openid }: Money, payment: Holding['payment']): boolean {
  return openid !== null && payment.openid !== null && openid !== payment.openid;
}

/**
 * What is wrong with the money, or null. The merchant is checked first, because another shop's order numbers mean
 * nothing to us.
 */
function problemWith(money: Money, { held, receipt, merchant }: Known): keyof typeof STORIES | null {
  if (money.appid !== merchant.appid || money.merchantId !== merchant.merchantId) return 'merchant_mismatch';
  if (held === null) return 'unknown_order';
  if (receipt !== null) return 'transaction_taken';
  if (money.rail !== held.payment.rail) return 'rail_mismatch';
  if (money.currency !== 'CNY') return 'currency_mismatch';
  if (money.totalFen !== held.payment.amountFen) return 'amount_mismatch';
  if (isOfAnother(money, held.payment)) return 'payer_mismatch';
  if (money.hasRefunds && money.backFen === undefined) return 'refunded_at_rail';
  return null;
}

function receiptOf(kind: Receipt['kind'], money: Money, orderId: OrderId, receivedAtMs: TimeMs): Receipt {
  return {
    id: receiptId(money),
    orderId,
    rail: money.rail,
    transactionId: money.transactionId,
    amountFen: fen(money.totalFen),
    kind,
    openid: null,
    paidAtMs: money.paidAtMs,
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
  // The rail's texts may be longer than our fields. The exception must be stored all the same, so they are cut.
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

const CASES: Readonly<Partial<Record<Settlement['outcome'], CaseKind>>> = {
  second: 'second_payment',
  honoured: 'late_honoured',
  lost: 'order_lost',
};

/**
 * The case for staff about money that cannot go back, or that was honoured at our cost; null for any other outcome.
 */
export function settlementCase({ outcome, refund, exception }: Settlement) {
  if (exception === null || refund !== null || outcome === 'gone') return null;
  const kind = exception.kind === 'refunded_at_rail' ? exception.kind : CASES[outcome];
  if (kind === undefined) return null;
  const { transactionId, receivedFen, detail: story } = exception;
  return { kind, cause: transactionId, transactionId, amountFen: fen(receivedFen), story } as const;
}
