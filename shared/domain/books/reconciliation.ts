/**
 * The rules of reconciliation: the differences between a rail's bill and our books, and which of them heal
 * automatically.
 */
import { FEN_MAX, type Fen, fen, HOUR_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Day } from '../../schemas/books/journal.ts';
import type { BillRail, Difference, UnreadableLine } from '../../schemas/books/reconciliation.ts';
import type { Receipt } from '../../schemas/payments/payment.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';
import { dayAfter, dayStartMs } from '../day.ts';

/** One line of a bill. Amounts are in fen. */
export interface BilledRow {
  readonly kind: 'payment' | 'refund';
  readonly transactionId: string;
  readonly orderNumber: string;
  readonly refundId: string | null;
  readonly amountFen: number;
  readonly settledFen: number;
  readonly feeFen: number;
  readonly state: 'success' | 'processing' | 'closed' | 'abnormal';
}

/** Both sides of one day. */
export interface Books<R extends BilledRow = BilledRow> {
  readonly rows: readonly R[];
  /** The lines of the bill that could not be read. */
  readonly unreadable: readonly UnreadableLine[];
  /**
   * `receipts`: our receipts for the bill's transactions, by transaction id. `paid`: every receipt that we dated to
   * that day.
   */
  readonly receipts: ReadonlyMap<string, Receipt>;
  readonly paid: readonly Receipt[];
  /**
   * `refunds`: our refunds for the bill's refunds, by refund number. `refunded`: every refund that we dated to that
   * day.
   */
  readonly refunds: ReadonlyMap<string, Refund>;
  readonly refunded: readonly Refund[];
  /**
   * Refunds that the rail made by itself and that have no number of ours, by transaction id. We learned of them by a
   * push, which only said that nothing is left. The bill may list such a refund in several parts.
   */
  readonly unnumbered: ReadonlyMap<string, Refund>;
  /** The agreed fee rate; null when it is unknown. */
  readonly feeBasisPoints: number | null;
}

const NOTHING = { refundId: null, oursFen: null, billFen: null, ours: null, bill: null } as const;

/** Fees are agreed per month but rounded per payment, so a difference of one fen is ignored. */
const FEE_TOLERANCE_FEN = 1;

const halfUp = (amountFen: number, basisPoints: number) =>
  Math.floor((amountFen * basisPoints + 5_000) / 10_000);

const orderNumberOf = ({ orderNumber }: BilledRow) => orderNumber.slice(0, 64);

function paymentDifferences(row: BilledRow, { receipts, feeBasisPoints }: Books): Difference[] {
  const { transactionId, amountFen, settledFen, feeFen } = row;
  const about = { ...NOTHING, of: 'payment', about: transactionId, transactionId } as const;
  const named = { ...about, orderNumber: orderNumberOf(row), billFen: amountFen, bill: row.state };
  const receipt = receipts.get(transactionId);
  if (receipt === undefined) return [{ ...named, kind: 'missing_local' }];
  const found: Difference[] = [];
  if (receipt.amountFen !== amountFen) {
    found.push({ ...named, kind: 'amount_diff', oursFen: receipt.amountFen, ours: receipt.kind });
  }
  if (receipt.orderId !== row.orderNumber) {
    found.push({ ...named, kind: 'state_diff', bill: orderNumberOf(row), ours: receipt.orderId });
  }
  const expectedFen = feeBasisPoints === null ? feeFen : halfUp(settledFen, feeBasisPoints);
  if (Math.abs(expectedFen - feeFen) > FEE_TOLERANCE_FEN) {
    found.push({ ...named, kind: 'fee_diff', oursFen: expectedFen, billFen: feeFen });
  }
  return found;
}

/** Whether the bill's state of a refund equals ours, or is an earlier state. */
function agrees(refund: Refund, row: BilledRow): boolean {
  return row.state === refund.state || row.state === 'processing';
}

/** Whether the bill reports an end of a refund that we may not have heard of. */
function isNews(refund: Refund, row: BilledRow): boolean {
  const isOpen = refund.state === 'approved' || refund.state === 'processing' || refund.state === 'abnormal';
  return isOpen && row.state !== refund.state && row.state !== 'processing';
}

/** Our refund for a refund line of the bill. */
function refundOf({ refundId, transactionId }: BilledRow, books: Books): Refund | undefined {
  return books.refunds.get(refundId ?? '') ?? books.unnumbered.get(transactionId);
}

function refundDifferences(row: BilledRow, books: Books): Difference[] {
  const { transactionId, amountFen, refundId } = row;
  const about = refundId ?? transactionId;
  const named = {
    ...NOTHING,
    of: 'refund',
    about,
    transactionId,
    orderNumber: orderNumberOf(row),
    refundId,
  } as const;
  const there = { ...named, billFen: amountFen, bill: row.state };
  const refund = refundOf(row, books);
  if (refund === undefined) return [{ ...there, kind: 'missing_local' }];
  const { refundFen: oursFen } = refund;
  const ours = { oursFen, ours: refund.state } as const;
  const found: Difference[] = [];
  const isPartOf = books.unnumbered.get(transactionId) === refund && amountFen < oursFen;
  if (oursFen !== amountFen && !isPartOf) found.push({ ...there, ...ours, kind: 'amount_diff' });
  const isSame = refund.transactionId === transactionId;
  if (!isSame) found.push({ ...there, kind: 'state_diff', bill: transactionId, ours: refund.transactionId });
  else if (!agrees(refund, row)) found.push({ ...there, ...ours, kind: 'state_diff' });
  return found;
}

function missingRemote(books: Books): Difference[] {
  const { rows, unreadable, paid, refunded } = books;
  const billedPayments = new Set(rows.flatMap((row) => (row.kind === 'payment' ? [row.transactionId] : [])));
  const billedRefunds = new Set(
    rows.flatMap((row) => (row.kind === 'refund' ? [refundOf(row, books)?.id] : [])),
  );
  // A payment or refund named in an unreadable line is not missing. The unreadable line is the difference.
  for (const { transactionId, refundId } of unreadable) {
    if (refundId !== null) billedRefunds.add(refundId);
    else if (transactionId !== null) billedPayments.add(transactionId);
  }
  const payments = paid.flatMap((receipt): Difference[] => {
    const { transactionId, orderId: orderNumber, amountFen: oursFen, kind: ours } = receipt;
    if (billedPayments.has(transactionId)) return [];
    const of = { of: 'payment', about: transactionId, transactionId, orderNumber } as const;
    return [{ ...NOTHING, ...of, kind: 'missing_remote', oursFen, ours }];
  });
  const refunds = refunded.flatMap((refund): Difference[] => {
    const { id, transactionId, orderId: orderNumber, refundFen: oursFen, state: ours } = refund;
    if (billedRefunds.has(id)) return [];
    const of = { of: 'refund', about: id, transactionId, orderNumber, refundId: id } as const;
    return [{ ...NOTHING, ...of, kind: 'missing_remote', oursFen, ours }];
  });
  return [...payments, ...refunds];
}

function unreadableDifference(line: UnreadableLine): Difference {
  return { ...NOTHING, ...line, kind: 'unreadable', of: 'line' };
}

/**
 * All differences, each once, and in pieces: a long bill is compared line by line. A bill line that still says
 * `processing` is no difference, because the bill was written earlier than our state.
 */
export function* differences(books: Books): Generator<readonly Difference[]> {
  for (const row of books.rows) {
    yield row.kind === 'payment' ? paymentDifferences(row, books) : refundDifferences(row, books);
  }
  yield books.unreadable.map(unreadableDifference);
  yield missingRemote(books);
}

/** The bill's payments that we do not know. They are settled as if the rail had notified us. */
export function paymentsToSettle<R extends BilledRow>({ rows, receipts }: Books<R>): readonly R[] {
  return rows.filter((row) => row.kind === 'payment' && !receipts.has(row.transactionId));
}

/**
 * The bill's refunds that are news: we have not heard of their end, we record them differently, or we do not know
 * them.
 */
export function refundsToHear<R extends BilledRow>(books: Books<R>): readonly R[] {
  return books.rows.filter((row) => {
    if (row.kind !== 'refund' || row.state === 'processing') return false;
    const refund = refundOf(row, books);
    const isOther = row.state === 'success' && refundDifferences(row, books).length > 0;
    return refund === undefined || isNews(refund, row) || isOther;
  });
}

/** The sums of a bill. */
export function sumsOf(rows: readonly BilledRow[]) {
  const payments = rows.filter(({ kind }) => kind === 'payment');
  const refunds = rows.filter(({ kind }) => kind === 'refund');
  const back = refunds.filter(({ state }) => state === 'success');
  const sum = (some: readonly BilledRow[], of: 'amountFen' | 'settledFen' | 'feeFen') =>
    some.reduce((before, row) => before + row[of], 0);
  const unsettled = (some: readonly BilledRow[]) => sum(some, 'amountFen') - sum(some, 'settledFen');
  return {
    paymentCount: payments.length,
    paidFen: sum(payments, 'amountFen'),
    refundCount: refunds.length,
    refundedFen: sum(back, 'amountFen'),
    feesFen: sum(rows, 'feeFen'),
    couponsFen: unsettled(payments) - unsettled(back),
  };
}

/** When the bill of a day should be available. The rails make it by 10:00 (Shanghai) of the next day. */
export function billReadyAtMs(day: Day): TimeMs {
  return timeMs(dayStartMs(dayAfter(day, 1)) + 10 * HOUR_MS);
}

/** The id of the reconciliation of a rail's day. */
export function reconciliationId(rail: BillRail, day: Day): string {
  return `${rail}:${day}`;
}

/** The id of one difference. */
export function differenceId(rail: BillRail, day: Day, { kind, of, about }: Difference): string {
  return `${reconciliationId(rail, day)}:${kind}:${of}:${about}`;
}

const KINDS = {
  missing_local: '对账单中有而我方没有',
  missing_remote: '我方有而对账单中没有',
  amount_diff: '金额不一致',
  state_diff: '状态不一致',
  fee_diff: '手续费不一致',
  unreadable: '无法识别，未计入核对',
} as const satisfies Record<Difference['kind'], string>;
const SUBJECTS = { payment: '付款', refund: '退款', fees: '当日手续费', line: '对账单中的一行' } as const;

function yuan(amountFen: number | null): string {
  if (amountFen === null) return '无';
  const digits = String(Math.abs(amountFen)).padStart(3, '0');
  return `${amountFen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)} 元`;
}

/** The text about a difference that staff read. */
export function storyOf(rail: BillRail, day: Day, found: Difference): string {
  const { kind, of, about, oursFen, billFen, ours, bill, orderNumber } = found;
  if (kind === 'unreadable') {
    const { transactionId, refundId } = found;
    const numbers = `微信订单号 ${transactionId ?? '未知'}，商户订单号 ${orderNumber ?? '未知'}，退款单号 ${refundId ?? '无'}`;
    const where = `${yuan(billFen)}，${numbers}，行标识 ${about}`;
    return `${day} ${rail} 对账：${SUBJECTS[of]}${KINDS[kind]}（${bill}）。金额 ${where}。请在商户平台查明这一行。`;
  }
  const sides = `我方 ${yuan(oursFen)}（${ours ?? '无'}），对账单 ${yuan(billFen)}（${bill ?? '无'}）`;
  return `${day} ${rail} 对账：${SUBJECTS[of]} ${about} ${KINDS[kind]}。${sides}。订单 ${orderNumber ?? '无'}`;
}

/** The amount of a difference for its case, in fen; null when it is larger than an amount can be. */
export function amountOf({ oursFen, billFen }: Difference): Fen | null {
  const amount = Math.abs(billFen ?? oursFen ?? 0);
  return amount <= FEN_MAX ? fen(amount) : null;
}
