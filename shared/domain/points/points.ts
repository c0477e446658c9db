/**
 * The rules of points: what a payment earns, and how a user's account and ledger change together.
 *
 * A book is an account plus the ledger entries written since it was opened. Every step writes one entry whose
 * postings sum to 0, and changes the account by the same amounts. So account and ledger always agree.
 *
 * Example: a user earns 100 points. The entry posts `available` +100 and `issued` −100, and the account gets a lot
 * of 100.
 */
import { fail } from '../../errors.ts';
import { type AdjustmentId, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import type {
  PointsAccount,
  PointsEntry,
  PointsEntryView,
  PointsLedgerAccount,
  PointsLot,
  PointsPosting,
} from '../../schemas/points/points.ts';
import { earnedUntilMs, mergeLots, sumOf, takeLots } from './pointsLots.ts';

/** The payment for one point, in fen: one yuan. */
const FEN_PER_POINT = 100;

/** The points an order earns: one for each whole yuan paid, rounded down. 199 fen earn 1 point. */
export function earnPoints(payableFen: number): number {
  return Math.floor(payableFen / FEN_PER_POINT);
}

/** An account, and the entries written to its ledger since it was opened. */
export interface PointsBook {
  readonly account: PointsAccount;
  readonly entries: readonly PointsEntry[];
}

/** What an entry says besides its amounts. */
export type PointsReason = Pick<PointsEntry, 'id' | 'cause' | 'orderId' | 'reason'>;

/** The house's side of an entry. */
type HouseAccount = Exclude<PointsLedgerAccount, 'available' | 'held' | 'debt' | 'pending' | 'promised'>;

const ACCOUNTS: readonly PointsLedgerAccount[] = [
  'available',
  'held',
  'debt',
  'pending',
  'issued',
  'redeemed',
  'expired',
  'adjusted',
  'promised',
];

/** The account of a user who has never had points. */
function emptyAccount(userId: UserId, now: TimeMs): PointsAccount {
  return {
    id: userId,
    available: 0,
    held: 0,
    debt: 0,
    lots: [],
    nextExpiryAtMs: null,
    lines: 0,
    checkIn: null,
    rewards: null,
    updatedAtMs: now,
  };
}

/**
 * Opens a user's book. `account` is null when they never had points. Expired lots are written off first, so they
 * cannot be used even if no timer has run yet.
 */
export function openBook(account: PointsAccount | null, userId: UserId, now: TimeMs): PointsBook {
  let book: PointsBook = { account: account ?? emptyAccount(userId, now), entries: [] };
  for (const { expiresAtMs, remaining } of book.account.lots) {
    if (expiresAtMs > now) break;
    const why = {
      id: `${userId}:expire:${expiresAtMs}`,
      cause: 'expire',
      orderId: null,
      reason: null,
    } as const;
    book = debit(book, why, { to: 'expired', count: remaining, now }).book;
  }
  return book;
}

/** How many points can be spent now. Expired lots do not count, even before they are written off. */
export function spendable(account: PointsAccount | null, now: TimeMs): number {
  return sumOf((account?.lots ?? []).filter(({ expiresAtMs }) => expiresAtMs > now));
}

/** Writes one entry and changes the account accordingly. */
function write(
  book: PointsBook,
  why: PointsReason,
  change: {
    readonly amounts: Readonly<Partial<Record<PointsLedgerAccount, number>>>;
    readonly lots: readonly PointsLot[];
    readonly now: TimeMs;
  },
): PointsBook {
  const { account: before } = book;
  const by = (name: PointsLedgerAccount) => change.amounts[name] ?? 0;
  const available = before.available + by('available');
  const held = before.held + by('held');
  const debt = before.debt - by('debt');
  const pending = (before.pending ?? 0) + by('pending');
  const sum = ACCOUNTS.reduce((total, name) => total + by(name), 0);
  if (sum !== 0 || available !== sumOf(change.lots) || Math.min(available, held, debt, pending) < 0) {
    throw new RangeError(`${why.id} does not add up`);
  }
  const lines = before.lines + 1;
  // The clocks of two machines may differ slightly. The ledger's times never go back.
  const writtenAtMs = timeMs(Math.max(change.now, before.updatedAtMs));
  const entry: PointsEntry = {
    ...why,
    userId: before.id,
    line: lines,
    postings: ACCOUNTS.filter((name) => by(name) !== 0).map((name): PointsPosting => [name, by(name)]),
    availableAfter: available,
    heldAfter: held,
    debtAfter: debt,
    pendingAfter: pending,
    createdAtMs: writtenAtMs,
  };
  const lots = [...change.lots];
  const nextExpiryAtMs = lots[0]?.expiresAtMs ?? null;
  return {
    account: {
      ...before,
      available,
      held,
      debt,
      pending,
      lots,
      nextExpiryAtMs,
      lines,
      updatedAtMs: writtenAtMs,
    },
    entries: [...book.entries, entry],
  };
}

/**
 * The book with points that come in from the house, or back from a hold. They pay a debt first, beginning with the
 * points that expire first.
 */
export function credit(
  book: PointsBook,
  why: PointsReason,
  given: { readonly from: HouseAccount | 'held'; readonly lots: readonly PointsLot[]; readonly now: TimeMs },
): PointsBook {
  const { from, now } = given;
  const count = sumOf(given.lots);
  const repaid = Math.min(book.account.debt, count);
  const { left } = takeLots(given.lots, repaid);
  return write(book, why, {
    amounts: { available: count - repaid, debt: repaid, [from]: -count },
    lots: mergeLots(book.account.lots, left),
    now,
  });
}

/** The book with newly earned points, which are valid for a year. */
export function earn(book: PointsBook, why: PointsReason, count: number, now: TimeMs): PointsBook {
  const lots = [{ expiresAtMs: earnedUntilMs(now), remaining: count }];
  return credit(book, why, { from: 'issued', lots, now });
}

/** The book with a reward that cannot be spent yet, because the purchase that earned it may still be given back. */
export function promise(book: PointsBook, why: PointsReason, count: number, now: TimeMs): PointsBook {
  return write(book, why, { amounts: { pending: count, promised: -count }, lots: book.account.lots, now });
}

/**
 * The book with a pending reward settled. `count` of it becomes spendable for a year (a debt is paid first), and the
 * rest is dropped.
 */
export function settlePromise(
  book: PointsBook,
  why: PointsReason,
  reward: { readonly promised: number; readonly count: number; readonly now: TimeMs },
): PointsBook {
  const { promised, count, now } = reward;
  const repaid = Math.min(book.account.debt, count);
  const lot = { expiresAtMs: earnedUntilMs(now), remaining: count - repaid };
  return write(book, why, {
    amounts: { available: count - repaid, debt: repaid, issued: -count, pending: -promised, promised },
    lots: lot.remaining > 0 ? mergeLots(book.account.lots, [lot]) : book.account.lots,
    now,
  });
}

/**
 * The book with points taken out, those that expire first before others, and the lots they came from.
 * @throws points.not_enough with the number available
 */
export function debit(
  book: PointsBook,
  why: PointsReason,
  asked: { readonly to: HouseAccount | 'held'; readonly count: number; readonly now: TimeMs },
): { readonly book: PointsBook; readonly taken: readonly PointsLot[] } {
  const { to, count, now } = asked;
  const { available } = book.account;
  if (available < count) throw fail('points.not_enough', { params: { available } });
  const { taken, left } = takeLots(book.account.lots, count);
  const after = write(book, why, { amounts: { available: -count, [to]: count }, lots: left, now });
  return { book: after, taken };
}

/** The book with held points that do not come back. */
export function takeHeld(
  book: PointsBook,
  why: PointsReason,
  asked: { readonly to: 'redeemed' | 'expired'; readonly count: number; readonly now: TimeMs },
): PointsBook {
  const { to, count, now } = asked;
  return write(book, why, { amounts: { held: -count, [to]: count }, lots: book.account.lots, now });
}

/** The book with earned points taken back. Points that were already spent are owed from now on. */
export function clawBack(book: PointsBook, why: PointsReason, count: number, now: TimeMs): PointsBook {
  const there = Math.min(book.account.available, count);
  const { left } = takeLots(book.account.lots, there);
  const amounts = { available: -there, debt: there - count, issued: count };
  return write(book, why, { amounts, lots: left, now });
}

/** An adjustment that staff ask for. */
export interface Adjustment {
  readonly adjustmentId: AdjustmentId;
  readonly userId: UserId;
  readonly delta: number;
  readonly reason: string;
}

/**
 * The book, adjusted by staff. `delta` is a difference, never a new balance.
 * @throws points.not_enough when more is to be taken away than there is
 */
export function adjust(book: PointsBook, asked: Adjustment, now: TimeMs): PointsBook {
  const { adjustmentId: id, delta, reason } = asked;
  const why = { id, cause: 'adjustment', orderId: null, reason } as const;
  if (delta < 0) return debit(book, why, { to: 'adjusted', count: -delta, now }).book;
  const lots = [{ expiresAtMs: earnedUntilMs(now), remaining: delta }];
  return credit(book, why, { from: 'adjusted', lots, now });
}

/**
 * The entry that an earlier, identical adjustment wrote, as the answer to a repeat.
 * @throws points.adjustment_taken when the id was used for a different adjustment
 */
export function adjustedBefore(written: PointsEntry, asked: Adjustment): PointsEntry {
  const isSame =
    written.userId === asked.userId &&
    amountOf(written, 'adjusted') === -asked.delta &&
    written.reason === asked.reason;
  if (!isSame) throw fail('points.adjustment_taken');
  return written;
}

/** By how much an entry changes an account of the ledger. */
export function amountOf(entry: PointsEntry, account: PointsLedgerAccount): number {
  return entry.postings.find(([name]) => name === account)?.[1] ?? 0;
}

/** An entry as its owner sees it. Fields that the view does not name are stripped when it is answered. */
export function pointsEntryView(entry: PointsEntry): PointsEntryView {
  return {
    ...entry,
    delta: amountOf(entry, 'available'),
    balanceAfter: entry.availableAfter,
    pendingAfter: entry.pendingAfter ?? 0,
  };
}

/** The entry written last. */
export function lastEntry(book: PointsBook): PointsEntry {
  const entry = book.entries.at(-1);
  if (entry === undefined) throw new RangeError('nothing was written');
  return entry;
}
