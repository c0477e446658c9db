import { listed } from '../../data/collection.ts';
import * as receipts from '../../data/payments/receipts.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import type { Books } from '../../domain/books/reconciliation.ts';
import { dayAfter, dayOf, dayStartMs } from '../../domain/day.ts';
import { receiptId } from '../../domain/payments/settlement.ts';
import type { Reader } from '../../ports/database.ts';
import type { Bill, BilledRail, BillRow } from '../../ports/rail.ts';
import { OrderId } from '../../schemas/base.ts';
import type { Day } from '../../schemas/books/journal.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';

/** How far back a refund of ours may have been billed before we heard of its end. */
const LOOK_BACK_DAYS = 7;
const IDS_PER_READ = 100;

const within = (day: Day) => ({ from: dayStartMs(day), below: dayStartMs(dayAfter(day, 1)) });

/** What the rules of reconciliation compare, with the whole of a bill's lines. */
export type BilledBooks = Books<BillRow>;

/** Reads some documents at a time. */
async function manyBy<D>(
  ids: readonly string[],
  read: (some: readonly string[]) => Promise<readonly D[]>,
  keyOf: (doc: D) => string,
): Promise<ReadonlyMap<string, D>> {
  const found = new Map<string, D>();
  for (let from = 0; from < ids.length; from += IDS_PER_READ) {
    for (const doc of await read(ids.slice(from, from + IDS_PER_READ))) found.set(keyOf(doc), doc);
  }
  return found;
}

/** The refunds that the rows do not have: what the platform did has no number, or one that is none of ours. */
function notAmong(refunds: readonly Refund[], rows: readonly BillRow[]): readonly Refund[] {
  const gone = rows.filter(({ kind }) => kind === 'refund');
  const ids = new Set(gone.map(({ refundId }) => refundId));
  const transactions = new Set<string | null>(gone.map(({ transactionId }) => transactionId));
  const unnumbered = new Set(gone.map((row) => (row.refundId === null ? row.transactionId : null)));
  const isPlatforms = ({ reason, transactionId }: Refund) =>
    unnumbered.has(transactionId) || (reason === 'platform' && transactions.has(transactionId));
  return refunds.filter((refund) => !ids.has(refund.id) && !isPlatforms(refund));
}

/** The first of the days whose bill may have one of these refunds. */
function firstDayOf(refunds: readonly Refund[], day: Day): Day {
  const earliest = dayAfter(day, -LOOK_BACK_DAYS);
  // Of what the platform did by itself we may first have heard from its bill.
  const asked = refunds.map(({ reason, requestedAtMs }) =>
    reason === 'platform' ? earliest : dayOf(requestedAtMs),
  );
  const first = asked.reduce((before, each) => (each < before ? each : before), day);
  return first < earliest ? earliest : first;
}

/**
 * What we think went back that day and this bill does not have, nor an earlier one: we may hear of a refund's end late.
 * Null when there is no such bill yet.
 */
export async function unbilled(
  reader: Reader,
  rail: BilledRail,
  day: Day,
  rows: readonly BillRow[],
): Promise<readonly Refund[] | null> {
  const finished = await listed(refunds.finishedWithin(reader, rail.name, within(day)));
  const left = notAmong(
    // Of what gives back no money the rail never hears.
    finished.filter(({ state, refundFen }) => state === 'success' && refundFen > 0),
    rows,
  );
  const days: Day[] = [];
  for (let before = firstDayOf(left, day); before < day; before = dayAfter(before, 1)) days.push(before);
  const billed = days.length === 0 ? { rows: [] } : await rail.bill(days);
  return billed === null ? null : notAmong(left, billed.rows);
}

/** What has gone back of the payments of which the bill has refunds that are none of ours, by the payments' numbers. */
async function takenBackOf(
  reader: Reader,
  rows: readonly BillRow[],
  ours: BilledBooks['refunds'],
): Promise<ReadonlyMap<string, readonly Refund[]>> {
  const found = new Map<string, readonly Refund[]>();
  for (const { kind, orderNumber, transactionId, refundId } of rows) {
    const orderId = OrderId.safeParse(orderNumber);
    const isOurs = kind !== 'refund' || ours.has(refundId ?? '');
    if (isOurs || !orderId.success || found.has(transactionId)) continue;
    const ofOrder = await refunds.ofOrder(reader, orderId.data);
    found.set(
      transactionId,
      ofOrder.filter((each) => each.state === 'success' && each.transactionId === transactionId),
    );
  }
  return found;
}

/** Both sides of a rail's day: its bill, and what we have of it. `refunded` is left empty: see `unbilled`. */
export async function billedBooks(
  reader: Reader,
  rail: BilledRail,
  day: Day,
  { rows, unreadable }: Bill,
): Promise<BilledBooks> {
  const { name, feeBasisPoints } = rail;
  const billed = rows.flatMap(({ kind, transactionId }) =>
    kind === 'payment' ? [receiptId({ rail: name, transactionId })] : [],
  );
  const refundIds = rows.flatMap(({ refundId }) => (refundId === null ? [] : [refundId]));
  const ours = await manyBy(
    refundIds,
    (ids) => refunds.findMany(reader, ids),
    ({ id }) => id,
  );
  return {
    rows,
    unreadable,
    feeBasisPoints,
    receipts: await manyBy(
      billed,
      (ids) => receipts.findMany(reader, ids),
      ({ transactionId }) => transactionId,
    ),
    paid: await listed(receipts.paidWithin(reader, name, within(day))),
    refunds: ours,
    takenBack: await takenBackOf(reader, rows, ours),
    refunded: [],
  };
}
