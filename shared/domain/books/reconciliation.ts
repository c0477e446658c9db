/** The rules of reconciliation: what differs between a rail's bill and our books, and what can be put right by itself. */
import { FEN_MAX, type Fen, fen, HOUR_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Day } from '../../schemas/books/journal.ts';
import type { BillRail, Difference, UnreadableLine } from '../../schemas/books/reconciliation.ts';
import type { Receipt } from '../../schemas/payments/payment.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';
import { dayAfter, dayStartMs } from '../day.ts';

/** One line of a bill. */
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
  /** What could not be read of the bill. */
  readonly unreadable: readonly UnreadableLine[];
  /** What we have of the bill's transactions, by the rail's number, and everything that we think was paid that day. */
  readonly receipts: ReadonlyMap<string, Receipt>;
  readonly paid: readonly Receipt[];
  /** What we have of the bill's refunds, by the rail's number, and everything that we think went back that day. */
  readonly refunds: ReadonlyMap<string, Refund>;
  readonly refunded: readonly Refund[];
  /**
   * What we know the rail gave back by itself, and under no number, by the payment's number: a push said that nothing is
   * left. A bill may have it in parts.
   */
  readonly unnumbered: ReadonlyMap<string, Refund>;
  /** Null when nobody knows what the rail should keep. */
  readonly feeBasisPoints: number | null;
}

const NOTHING = { refundId: null, oursFen: null, billFen: null, ours: null, bill: null } as const;

/** Rates are agreed for the month and rounded for each payment: a fen more or less is no difference. */
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

/** Whether the bill's state of a refund is what ours is, or was on its way there. */
function agrees(refund: Refund, row: BilledRow): boolean {
  return row.state === refund.state || row.state === 'processing';
}

/** Whether what the bill says of a refund is news that we may not have heard. */
function isNews(refund: Refund, row: BilledRow): boolean {
  const isOpen = refund.state === 'approved' || refund.state === 'processing' || refund.state === 'abnormal';
  return isOpen && row.state !== refund.state && row.state !== 'processing';
}

/** What we have of a refund that is billed. */
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
  // What stands in a line that cannot be read is there: the line itself is what differs.
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
 * Everything that differs, each once. A bill that tells old news of a refund (`processing`) is no difference: it was
 * written before ours.
 */
export function differences(books: Books): readonly Difference[] {
  const found = books.rows.flatMap((row) =>
    row.kind === 'payment' ? paymentDifferences(row, books) : refundDifferences(row, books),
  );
  return [...found, ...books.unreadable.map(unreadableDifference), ...missingRemote(books)];
}

/** The bill's payments that we know nothing of: to be settled as if we had been told. */
export function paymentsToSettle<R extends BilledRow>({ rows, receipts }: Books<R>): readonly R[] {
  return rows.filter((row) => row.kind === 'payment' && !receipts.has(row.transactionId));
}

/** The bill's refunds that tell us something: we have not heard of their end, or have them otherwise, or not at all. */
export function refundsToHear<R extends BilledRow>(books: Books<R>): readonly R[] {
  return books.rows.filter((row) => {
    if (row.kind !== 'refund' || row.state === 'processing') return false;
    const refund = refundOf(row, books);
    const isOther = row.state === 'success' && refundDifferences(row, books).length > 0;
    return refund === undefined || isNews(refund, row) || isOther;
  });
}

/** What a bill sums up to. */
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

/** When the bill of a day should be there: the rails make it by ten in the morning of the next one. */
export function billReadyAtMs(day: Day): TimeMs {
  return timeMs(dayStartMs(dayAfter(day, 1)) + 10 * HOUR_MS);
}

/** The id of a rail's day. */
export function reconciliationId(rail: BillRail, day: Day): string {
  return `${rail}:${day}`;
}

/** The id of one of its differences. */
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

/** What staff read of a difference. */
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

/** How much money a difference is about, as a case may say it; null when it is no amount of money. */
export function amountOf({ oursFen, billFen }: Difference): Fen | null {
  const amount = Math.abs(billFen ?? oursFen ?? 0);
  return amount <= FEN_MAX ? fen(amount) : null;
}
