import { listed, many } from '../../data/collection.ts';
import * as receipts from '../../data/payments/receipts.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import type { Books } from '../../domain/books/reconciliation.ts';
import { dayAfter, dayOf, dayStartMs } from '../../domain/day.ts';
import { receiptId } from '../../domain/payments/settlement.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Bill, BilledRail, BillRow, PaidRail } from '../../ports/rail.ts';
import type { Day } from '../../schemas/books/journal.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';
import { numberedRefundId, platformRefundId } from '../refunds/platformRefund.ts';

/** How many days before we hear of a refund's end it may already have been billed. */
const LOOK_BACK_DAYS = 7;

const within = (day: Day) => ({ from: dayStartMs(day), below: dayStartMs(dayAfter(day, 1)) });

/** The input of the reconciliation rules, with the full lines of a bill. */
export type BilledBooks = Books<BillRow>;

type BookPorts = Pick<Ports, 'database' | 'secrets'>;

/** The ids under which our books may have a billed refund. */
function idsOf(
  ports: Pick<Ports, 'secrets'>,
  rail: PaidRail,
  { refundId: number, transactionId }: BillRow,
): { readonly numbered: readonly string[]; readonly unnumbered: string } {
  const unnumbered = platformRefundId(ports, { rail, transactionId });
  return { numbered: number === null ? [] : [numberedRefundId(ports, { rail, number }), number], unnumbered };
}

const refundsIn = (rows: readonly BillRow[]) => rows.filter(({ kind }) => kind === 'refund');

/** The refunds that the rows do not contain. */
function notAmong(
  ports: Pick<Ports, 'secrets'>,
  rail: PaidRail,
  refunds: readonly Refund[],
  rows: readonly BillRow[],
): readonly Refund[] {
  const ids = new Set<string>();
  for (const row of refundsIn(rows)) {
    const { numbered, unnumbered } = idsOf(ports, rail, row);
    for (const id of [...numbered, unnumbered]) ids.add(id);
  }
  return refunds.filter((refund) => !ids.has(refund.id));
}

/** The first day whose bill may contain one of these refunds. */
function firstDayOf(refunds: readonly Refund[], day: Day): Day {
  const earliest = dayAfter(day, -LOOK_BACK_DAYS);
  // A refund that the platform made by itself may first become known from its bill.
  const asked = refunds.map(({ reason, requestedAtMs }) =>
    reason === 'platform' ? earliest : dayOf(requestedAtMs),
  );
  const first = asked.reduce((before, each) => (each < before ? each : before), day);
  return first < earliest ? earliest : first;
}

/**
 * The refunds that we date to that day and that neither this bill nor an earlier one contains. An earlier one may,
 * because we may hear of a refund's end late. Null when an earlier bill is not available yet.
 */
export async function unbilled(
  ports: BookPorts,
  rail: BilledRail,
  day: Day,
  rows: readonly BillRow[],
): Promise<readonly Refund[] | null> {
  const finished = await listed(refunds.finishedWithin(ports.database, rail.name, within(day)));
  const left = notAmong(
    ports,
    rail.name,
    // The rail never hears of refunds without money.
    finished.filter(({ state, refundFen }) => state === 'success' && refundFen > 0),
    rows,
  );
  const days: Day[] = [];
  for (let before = firstDayOf(left, day); before < day; before = dayAfter(before, 1)) days.push(before);
  const billed = days.length === 0 ? { rows: [] } : await rail.bill(days);
  return billed === null ? null : notAmong(ports, rail.name, left, billed.rows);
}

/** Our refunds for the refund lines of a bill. */
async function refundsOf(
  ports: BookPorts,
  rail: PaidRail,
  rows: readonly BillRow[],
): Promise<Pick<BilledBooks, 'refunds' | 'unnumbered'>> {
  const asked = refundsIn(rows).map((row) => ({ row, ids: idsOf(ports, rail, row) }));
  const ids = asked.flatMap(({ ids: { numbered, unnumbered } }) => [...numbered, unnumbered]);
  const ours = await many(ports.database, refunds.collection, ids);
  const found = new Map(ours.map((refund) => [refund.id, refund]));
  const books = { refunds: new Map<string, Refund>(), unnumbered: new Map<string, Refund>() };
  for (const { row, ids } of asked) {
    const own = ids.numbered.map((id) => found.get(id)).find((refund) => refund !== undefined);
    if (own !== undefined) books.refunds.set(row.refundId ?? '', own);
    const whole = found.get(ids.unnumbered);
    if (whole !== undefined) books.unnumbered.set(row.transactionId, whole);
  }
  return books;
}

/** Both sides of a rail's day: its bill and our records. `refunded` is empty here; `unbilled` fills it. */
export async function billedBooks(
  ports: BookPorts,
  rail: BilledRail,
  day: Day,
  { rows, unreadable }: Bill,
): Promise<BilledBooks> {
  const { name, feeBasisPoints } = rail;
  const billed = rows.flatMap(({ kind, transactionId }) =>
    kind === 'payment' ? [receiptId({ rail: name, transactionId })] : [],
  );
  const came = await many(ports.database, receipts.collection, billed);
  return {
    rows,
    unreadable,
    feeBasisPoints,
    receipts: new Map(came.map((receipt) => [receipt.transactionId, receipt])),
    paid: await listed(receipts.paidWithin(ports.database, name, within(day))),
    ...(await refundsOf(ports, name, rows)),
    refunded: [],
  };
}
