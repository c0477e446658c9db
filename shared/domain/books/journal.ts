/** The rules of the books: which lines a business act writes in the journal. Debits are positive, credits negative. */
import { fail } from '../../errors.ts';
import type { OrderId, TimeMs } from '../../schemas/base.ts';
import type { Account, Day, JournalCause, JournalEntry } from '../../schemas/books/journal.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { Receipt } from '../../schemas/payments/payment.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';
import { dayOf } from '../day.ts';

/** A rail that money moves on. */
type PaidRail = 'wxpay' | 'xpay';

/** What the books need to know of a refund. */
export type BookedRefund = Pick<Refund, 'id' | 'orderId' | 'rail' | 'refundFen' | 'reason' | 'state'>;

/** Money that came: which transaction of which rail. */
export type BookedReceipt = Pick<Receipt, 'id' | 'orderId' | 'rail' | 'amountFen' | 'kind'>;

/**
 * One entry: amounts of the same account added up, those of nothing left out. Null when nothing is left to book.
 * @throws internal when the lines do not sum to zero, or are no whole fen: a broken rule, and nothing may be written
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

/** What the order's lines sold and took off, to be credited and debited: all of it but the money. */
function sold({ lines, isHonoured }: Pick<Order, 'lines' | 'isHonoured'>): (readonly [Account, number])[] {
  return lines.flatMap(({ kind, listFen, shares, flashSaleId }) => {
    // What an honoured order was priced with and never took is our loss, and no discount.
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

/** The id of the entry that books money as it came. */
export function moneyEntryId(receipt: Pick<Receipt, 'id'>): string {
  return `j_pay_${receipt.id}`;
}

/**
 * What an order that was paid writes: its money, what was taken off, and what was sold. Of an order with nothing to
 * pay there is no receipt. Null when nothing was sold for anything.
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

/** What money writes that came too late or twice: we owe it, as something on its way back or, where we cannot, as credit. */
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

/** As what money is owed that came late or twice: `cameBy` is the entry of the money itself. */
export function owedFor(cameBy: Pick<JournalEntry, 'lines'>): Owed {
  return cameBy.lines.some(([account]) => account === 'liab:credit') ? 'liab:credit' : 'payable:late';
}

/** Accounts that a refund can be taken from: what was earned, or what is owed in one of two ways. */
export type Owed = 'refunds' | 'payable:late' | 'liab:credit';

/**
 * Everything a refund has written by now, the oldest first: one entry when it is approved, one at its end. A closed
 * one takes back what its approval wrote. Each is null when no money is in it.
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

/** What a rail kept of a day's money: its fees, and what the shop's own coupons at the rail took off. */
export interface Kept {
  readonly feesFen: number;
  readonly couponsFen: number;
}

/** The id of what was booked of a day's fees first, or of what became known of them later, the second time and so on. */
export function feesId(rail: PaidRail, day: Day, time: number): string {
  return time === 1 ? `j_fees_${rail}_${day}` : `j_fees_${rail}_${day}_${time}`;
}

/**
 * What the rail kept of a day's money, as its bill says, or what it kept more than was booked before; negative when it gave
 * back more than it kept. Null for nothing.
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

/** What entries of a rail's day have booked of what it kept. */
export function keptIn(entries: readonly Pick<JournalEntry, 'lines'>[]): Kept {
  const sums = balances(entries);
  return { feesFen: sums.get('fees') ?? 0, couponsFen: sums.get('disc:rail') ?? 0 };
}

/** What stands in each account after these entries. */
export function balances(entries: Iterable<Pick<JournalEntry, 'lines'>>): ReadonlyMap<Account, number> {
  const sums = new Map<Account, number>();
  for (const { lines } of entries) {
    for (const [account, amountFen] of lines) sums.set(account, (sums.get(account) ?? 0) + amountFen);
  }
  return sums;
}
