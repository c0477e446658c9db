import * as journal from '../../data/books/journal.ts';
import * as reconciliations from '../../data/books/reconciliations.ts';
import { listed } from '../../data/collection.ts';
import * as cases from '../../data/operations/cases.ts';
import { feesEntry, feesId, type Kept, keptIn } from '../../domain/books/journal.ts';
import {
  amountOf,
  billReadyAtMs,
  differenceId,
  differences,
  paymentsToSettle,
  reconciliationId,
  refundsToHear,
  storyOf,
  sumsOf,
} from '../../domain/books/reconciliation.ts';
import { dayAfter, dayOf, dayStartMs } from '../../domain/day.ts';
import type { Database, Reader } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { BilledRail, BillRow } from '../../ports/rail.ts';
import { OrderId, type TimeMs } from '../../schemas/base.ts';
import type { Day, JournalEntry } from '../../schemas/books/journal.ts';
import type { Difference, Reconciliation } from '../../schemas/books/reconciliation.ts';
import { eachDue } from '../eachDue.ts';
import { evenly } from '../evenly.ts';
import type { SettlingPorts } from '../payments/settlePayment.ts';
import { hearOfRefund } from '../refunds/hearOfRefund.ts';
import { type BilledBooks, billedBooks, unbilled } from './billedBooks.ts';
import { backByBills, NOT_BILLED, settleBilled } from './settleBilled.ts';

/** How many days back a missed day is always reconciled. */
const MISSED_DAYS = 7;
/**
 * How many days back missed days are reconciled after the last reconciled one. A store restored from an older backup
 * has many of them. No rail keeps its bills longer.
 */
const MISSED_DAYS_MAX = 90;

/** What reconciling a day needs: everything that settling needs, and the loop, because bills are long. */
export type ReconcilingPorts = SettlingPorts & Pick<Ports, 'loop'>;

interface At {
  readonly now: TimeMs;
  readonly requestId: string;
}

/** Puts right what the bill itself can put right. Returns whether every bill it needed was available. */
async function heal(ports: SettlingPorts, rail: BilledRail, books: BilledBooks, at: At): Promise<boolean> {
  const given = { hasTime: () => true, log: ports.log };
  const backOf = backByBills(rail, at.now);
  const settle = (row: BillRow) => settleBilled(ports, rail, row, { ...at, backOf });
  const payments = await eachDue(paymentsToSettle(books), settle, { ...given, noun: 'payment' });
  const hear = async (row: BillRow) => {
    const { refundId, state, amountFen: refundFen, transactionId } = row;
    const news = { refundId: refundId ?? '', state, refundFen, transactionId };
    const heard = await hearOfRefund(ports, rail.name, news, at.now);
    if (heard !== 'unpaid') return heard;
    // Its payment is of another day, which was not reconciled yet.
    const settled = await settleBilled(ports, rail, row, { ...at, backOf });
    return settled === NOT_BILLED ? settled : hearOfRefund(ports, rail.name, news, at.now);
  };
  const heard = await eachDue(refundsToHear(books), hear, { ...given, noun: 'refund' });
  return payments[`payment.${NOT_BILLED}`] === undefined && heard[`refund.${NOT_BILLED}`] === undefined;
}

/** The largest number of fee entries for one day, so fees are corrected at most that often. */
const FEE_ENTRIES_MAX = 20;

const sumOf = ({ feesFen, couponsFen }: Kept) => feesFen + couponsFen;

/**
 * Books what the rail kept: its fees, and the discounts of the shop's own coupons. Virtual payment reports fees days
 * or months later, so later amounts are added as corrections. With a rail whose fee rate is agreed, a different
 * amount in a later bill is a difference instead.
 */
async function bookFees(
  ports: SettlingPorts,
  rail: BilledRail,
  day: Day,
  kept: Kept,
  at: At,
): Promise<Difference[]> {
  const booked = await ports.database.tx(async (tx) => {
    const entries: JournalEntry[] = [];
    while (entries.length < FEE_ENTRIES_MAX) {
      const entry = await journal.find(tx, feesId(rail.name, day, entries.length + 1));
      if (entry === null) break;
      entries.push(entry);
    }
    const before = keptIn(entries);
    const isFinal = entries.length > 0 && rail.feeBasisPoints !== null;
    if (isFinal || entries.length === FEE_ENTRIES_MAX) return before;
    const more = { feesFen: kept.feesFen - before.feesFen, couponsFen: kept.couponsFen - before.couponsFen };
    const time = entries.length + 1;
    await journal.post(tx, feesEntry({ rail: rail.name, day, time }, more, at.now));
    return kept;
  });
  const [oursFen, billFen] = [sumOf(booked), sumOf(kept)];
  if (oursFen === billFen) return [];
  const about = {
    about: day,
    transactionId: null,
    orderNumber: null,
    refundId: null,
    ours: null,
    bill: null,
  };
  return [{ kind: 'fee_diff', of: 'fees', ...about, oursFen, billFen }];
}

/** Stores the differences, and opens a case for each that is not healed. */
async function record(
  { database }: Pick<SettlingPorts, 'database'>,
  { name }: BilledRail,
  day: Day,
  found: { readonly differences: readonly Difference[]; readonly isHealed: boolean },
  now: TimeMs,
): Promise<void> {
  const { isHealed } = found;
  for (const difference of found.differences) {
    const id = differenceId(name, day, difference);
    const { transactionId, refundId } = difference;
    await database.tx(async (tx) => {
      const isAnew = await reconciliations.record(tx, { id, rail: name, day, difference, isHealed, now });
      if (!isAnew) return;
      const orderId = OrderId.safeParse(difference.orderNumber).data ?? null;
      const about = { orderId, transactionId, refundId, amountFen: amountOf(difference) };
      const story = storyOf(name, day, difference);
      await cases.openAgain(tx, { kind: 'reconciliation', cause: id, story, ...about }, now);
    });
  }
}

/**
 * Reconciles a rail's bill of one day with our books: settles payments and refunds that only the bill reported,
 * books the day's fees, stores the remaining differences and opens cases for them, and stores the result. Safe to
 * repeat and to run concurrently, because each run reads the current state. Null when the bill is not available yet.
 * @throws pay.unavailable when the bill cannot be fetched
 */
export async function reconcileDay(
  ports: ReconcilingPorts,
  rail: BilledRail,
  day: Day,
  at: At,
): Promise<Reconciliation | null> {
  const bill = at.now < billReadyAtMs(day) ? null : await rail.bill([day]);
  if (bill === null) return null;
  const { database } = ports;
  const idOf = (difference: Difference) => differenceId(rail.name, day, difference);
  const found = async (books: BilledBooks) => (await listed(evenly(ports.loop, differences(books)))).flat();
  // This bill's corrections are made before any other bill is needed.
  const before = await billedBooks(ports, rail, day, bill);
  if (!(await heal(ports, rail, before, at))) return null;
  const after = await billedBooks(ports, rail, day, bill);
  const unhealed = new Set((await found(after)).map(idOf));
  const healed = (await found(before)).filter((difference) => !unhealed.has(idOf(difference)));
  await record(ports, rail, day, { differences: healed, isHealed: true }, at.now);
  const refunded = await unbilled(ports, rail, day, bill.rows);
  if (refunded === null) return null;
  const sums = sumsOf(bill.rows);
  const fees = await bookFees(ports, rail, day, sums, at);
  const left = [...(await found({ ...after, refunded })), ...fees];
  await record(ports, rail, day, { differences: left, isHealed: false }, at.now);
  const open = new Set(left.map(idOf));
  const id = reconciliationId(rail.name, day);
  for await (const { id: gone, state } of reconciliations.allDifferencesOf(database, id)) {
    if (state === 'open' && !open.has(gone))
      await database.tx((tx) => reconciliations.heal(tx, gone, at.now));
  }
  const kept = await listed(reconciliations.allDifferencesOf(database, id));
  const result: Reconciliation = {
    id,
    rail: rail.name,
    day,
    ...sums,
    healedCount: kept.filter(({ state }) => state === 'healed').length,
    openCount: kept.filter(({ state }) => state === 'open').length,
    finishedAtMs: at.now,
  };
  await database.tx(async (tx) => {
    const before = await reconciliations.find(tx, id);
    // It replaces an earlier result, but not that of a later reconciliation.
    if (before === null || before.finishedAtMs <= at.now) await reconciliations.save(tx, before, result);
  });
  return result;
}

/**
 * After how many days a rail that reports fees late has reported them: 4 for most payments, 95 for Apple's, which
 * are settled by the month.
 */
const FEES_KNOWN_AFTER_DAYS = [4, 95];

/**
 * The rail's days that have to be reconciled: missed ones of the last week and back to the last reconciled day,
 * newest first, so that a slow day delays only older ones. Today is not included, because it is not over. Then days
 * whose fees were not known yet when they were reconciled.
 */
export async function daysToReconcile(
  reader: Reader,
  rail: BilledRail,
  now: TimeMs,
): Promise<readonly Day[]> {
  const days: Day[] = [];
  const before = (count: number) => dayAfter(dayOf(now), -count);
  const lookedAt = (day: Day) => reconciliations.find(reader, reconciliationId(rail.name, day));
  let isAnyLookedAt = false;
  for (let back = 1; back <= MISSED_DAYS_MAX && !(isAnyLookedAt && back > MISSED_DAYS); back += 1) {
    const day = before(back);
    if ((await lookedAt(day)) === null) days.push(day);
    else isAnyLookedAt = true;
  }
  // A shop that has reconciled no day yet is new.
  if (!isAnyLookedAt) days.splice(MISSED_DAYS);
  for (const known of rail.feeBasisPoints === null ? FEES_KNOWN_AFTER_DAYS : []) {
    for (let back = known; back <= known + MISSED_DAYS; back += 1) {
      const day = before(back);
      const looked = await lookedAt(day);
      if (looked !== null && looked.finishedAtMs < dayStartMs(dayAfter(day, known))) days.push(day);
    }
  }
  return days;
}

/** On how many mornings in a row a bill may be missing or unreadable before staff are told. */
const UNREAD_DAYS_MAX = 3;

/** Opens a case for a day whose bill could not be read for UNREAD_DAYS_MAX days. */
export async function openUnread(database: Database, rail: BilledRail, day: Day, now: TimeMs): Promise<void> {
  const id = reconciliationId(rail.name, day);
  if (dayAfter(day, UNREAD_DAYS_MAX) > dayOf(now)) return;
  if ((await reconciliations.find(database, id)) !== null) return;
  const story = `截至 ${dayOf(now)}，${day} 的 ${rail.name} 对账单仍未能取得或读出，当日账目尚未核对；若此后已核对，可关闭此事项。`;
  await database.tx((tx) => cases.open(tx, { kind: 'reconciliation', cause: `${id}:unread`, story }, now));
}
