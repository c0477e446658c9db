/**
 * The rules of the books: which journal lines each business act writes. Debits are positive, credits negative, in
 * fen.
 */
import { fail } from '../../errors.ts';
import type { OrderId, TimeMs } from '../../schemas/base.ts';
import type { Account, Day, JournalCause, JournalEntry } from '../../schemas/books/journal.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { Receipt } from '../../schemas/payments/payment.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';
import { dayOf } from '../day.ts';

/** A rail that moves money. */
type PaidRail = 'wxpay' | 'xpay';

/** The parts of a refund that the books need. */
export type BookedRefund = Pick<Refund, 'id' | 'orderId' | 'rail' | 'refundFen' | 'reason' | 'state'>;

/** The parts of a receipt that the books need. */
export type BookedReceipt = Pick<Receipt, 'id' | 'orderId' | 'rail' | 'amountFen' | 'kind'>;

/**
 * Makes one entry. Amounts of the same account are added up, and zero amounts are left out. Null when nothing is
 * left.
 * @throws internal when the lines do not sum to zero or are not whole fen. That is a bug, and nothing may be
 * written.
 */
export function entry(asked: {
  readonly id: string;
  readonly cause: JournalCause;
  readonly orderId: OrderId | null;
  readonly lines: readonly (readonly [Account, number])[];
  readonly dayShanghai: Day;
  readonly atMs: TimeMs;
}): JournalEntry | null {
  const sums = new Map<Account, number>();
  for (const [account, amountFen] of asked.lines) {
    sums.set(account, (sums.get(account) ?? 0) + amountFen);
  }
  const lines = [...sums].filter(([, amountFen]) => amountFen !== 0);
  const total = lines.reduce((sum, [, amountFen]) => sum + amountFen, 0);
  if (total !== 0 || !lines.every(([, amountFen]) => Number.isSafeInteger(amountFen))) {
    throw fail('internal', { detail: `${asked.id} does not balance: ${JSON.stringify(lines)}` });
  }
  return lines.length === 0 ? null : { ...asked, unit: 'fen', lines };
}

const cashOf = (rail: Receipt['rail']): `cash:${PaidRail}` => {
  if (rail === 'zero') throw fail('internal', { detail: 'no money moves on the rail zero' });
  return `cash:${rail}`;
};

/** The credit and debit lines of an order's sale: everything but the money itself. */
function sold({ lines, isHonoured }: Pick<Order, 'lines' | 'isHonoured'>): (readonly [Account, number])[] {
  return lines.flatMap(({ kind, listFen, shares, flashSaleId }) => {
    // An honoured order never took the coupon, points and seats it was priced with. They are our loss, not a
    // discount.
    const given = (account: Account): Account => (isHonoured ? 'loss:honoured' : account);
    const activity: Account = flashSaleId === null ? 'disc:activity' : given('disc:activity');
    return [
      [`rev:${kind}`, -listFen],
      [activity, shares.activityFen],
      ['disc:member', shares.memberFen],
      ['disc:owned', shares.ownedFen],
      ['disc:campaign', shares.campaignFen],
      [given('disc:coupon'), shares.couponFen],
      [given('disc:points'), shares.pointsFen],
    ] as const;
  });
}

/** The id of the entry for a receipt of money. */
export function moneyEntryId(receipt: Pick<Receipt, 'id'>): string {
  return `j_pay_${receipt.id}`;
}

/**
 * The entry for a paid order: the money, the discounts and the sales. `receipt` is null when there was nothing to
 * pay. Null when every line cost nothing at list price too.
 *
 * Example: a course of 100.00 with a coupon of 10.00 debits `cash:wxpay` 9000 and `disc:coupon` 1000, and credits
 * `rev:course` 10000.
 */
export function orderPaidEntry(
  order: Pick<Order, 'id' | 'lines' | 'isHonoured'>,
  receipt: BookedReceipt | null,
  now: TimeMs,
): JournalEntry | null {
  const money = receipt === null ? [] : [[cashOf(receipt.rail), receipt.amountFen] as const];
  return entry({
    id: receipt === null ? `j_zero_${order.id}` : moneyEntryId(receipt),
    cause: 'order_paid',
    orderId: order.id,
    lines: [...money, ...sold(order)],
    dayShanghai: dayOf(now),
    atMs: now,
  });
}

/**
 * The entry for money that came too late or twice. We owe it: as `payable:late` when we can refund it, otherwise as
 * `liab:credit`.
 */
export function lateMoneyEntry(receipt: BookedReceipt, mayRefund: boolean, now: TimeMs): JournalEntry | null {
  return entry({
    id: moneyEntryId(receipt),
    cause: 'money_late',
    orderId: receipt.orderId,
    lines: [
      [cashOf(receipt.rail), receipt.amountFen],
      [mayRefund ? 'payable:late' : 'liab:credit', -receipt.amountFen],
    ],
    dayShanghai: dayOf(now),
    atMs: now,
  });
}

/** The account in which late or second money is owed. `cameBy` is the entry of that money. */
export function owedFor(cameBy: Pick<JournalEntry, 'lines'>): Owed {
  return cameBy.lines.some(([account]) => account === 'liab:credit') ? 'liab:credit' : 'payable:late';
}

/** The accounts that a refund can be charged to: sales, or one of two kinds of money owed. */
export type Owed = 'refunds' | 'payable:late' | 'liab:credit';

/**
 * All entries that a refund has written so far, oldest first: one at its approval and one at its end. A closed
 * refund reverses the entry of its approval. Entries without money are null.
 */
export function refundEntries(
  refund: BookedRefund,
  owed: Owed,
  now: TimeMs,
): readonly (JournalEntry | null)[] {
  const { id, orderId, rail, refundFen, state } = refund;
  if (state === 'requested' || state === 'rejected' || refundFen === 0) return [];
  const write = (step: 'begun' | 'done' | 'closed', cause: JournalCause, debit: Account, credit: Account) =>
    entry({
      id: `j_refund_${id}_${step}`,
      cause,
      orderId,
      lines: [
        [debit, refundFen],
        [credit, -refundFen],
      ],
      dayShanghai: dayOf(now),
      atMs: now,
    });
  const begun = write('begun', 'refund_begun', owed, 'payable:refund');
  if (state === 'success') return [begun, write('done', 'refund_succeeded', 'payable:refund', cashOf(rail))];
  if (state === 'closed') return [begun, write('closed', 'refund_closed', 'payable:refund', owed)];
  return [begun];
}

/** What a rail kept of a day's money, in fen: its fees, and the discounts of the shop's own coupons at the rail. */
export interface Kept {
  readonly feesFen: number;
  readonly couponsFen: number;
}

/** The id of a day's fee entry. `time` is 1 for the first entry, 2 for the first correction, and so on. */
export function feesId(rail: PaidRail, day: Day, time: number): string {
  return time === 1 ? `j_fees_${rail}_${day}` : `j_fees_${rail}_${day}_${time}`;
}

/**
 * The entry for what a rail kept of a day's money, as its bill says; for a correction, the change since the last
 * entry. Negative amounts mean that the rail gave back more than it kept. Null when there is nothing to book.
 */
export function feesEntry(
  { rail, day, time }: { readonly rail: PaidRail; readonly day: Day; readonly time: number },
  { feesFen, couponsFen }: Kept,
  now: TimeMs,
): JournalEntry | null {
  return entry({
    id: feesId(rail, day, time),
    cause: 'fees_charged',
    orderId: null,
    lines: [
      ['fees', feesFen],
      ['disc:rail', couponsFen],
      [cashOf(rail), -feesFen - couponsFen],
    ],
    dayShanghai: day,
    atMs: now,
  });
}

/** What the given entries have booked as kept by the rail. */
export function keptIn(entries: readonly Pick<JournalEntry, 'lines'>[]): Kept {
  const sums = balances(entries);
  return { feesFen: sums.get('fees') ?? 0, couponsFen: sums.get('disc:rail') ?? 0 };
}

/** The balance of each account after these entries. */
export function balances(entries: Iterable<Pick<JournalEntry, 'lines'>>): ReadonlyMap<Account, number> {
  const sums = new Map<Account, number>();
  for (const { lines } of entries) {
    for (const [account, amountFen] of lines) sums.set(account, (sums.get(account) ?? 0) + amountFen);
  }
  return sums;
}
