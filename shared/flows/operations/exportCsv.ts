/** Exported tables. They are generated while they are read; only one page of documents is in memory at a time. */

import * as journal from '../../data/books/journal.ts';
import * as users from '../../data/identity/users.ts';
import * as cases from '../../data/operations/cases.ts';
import * as orders from '../../data/orders/orders.ts';
import * as payments from '../../data/payments/payments.ts';
import * as points from '../../data/points/points.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import { dayAfter, dayOf } from '../../domain/day.ts';
import { BYTE_ORDER_MARK, csvLine } from '../../domain/operations/csv.ts';
import {
  type BookLine,
  bookLines,
  caseTable,
  journalTable,
  orderLineTable,
  orderTable,
  type Personal,
  paymentTable,
  pointsTable,
  refundTable,
  type SoldLine,
  soldLines,
  type Table,
  userTable,
} from '../../domain/operations/exportTable.ts';
import type { Reader } from '../../ports/database.ts';
import { type TimeMs, timeMs } from '../../schemas/base.ts';
import type { ExportKind } from '../../schemas/operations/export.ts';

/** The exported period; `below` is exclusive. Money belongs to the time at which it moved. */
export interface Within {
  readonly from: TimeMs;
  readonly below: TimeMs;
}

/** How many lines are passed on together. */
const LINES = 200;

async function* csv<D>(table: Table<D>, docs: AsyncIterable<D>): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(table.map(([heading]) => heading));
  let lines: string[] = [];
  for await (const doc of docs) {
    lines.push(csvLine(table.map(([, cell]) => cell(doc))));
    if (lines.length < LINES) continue;
    yield lines.join('');
    lines = [];
  }
  if (lines.length > 0) yield lines.join('');
}

async function* bookedOn(reader: Reader, { from, below }: Within): AsyncGenerator<BookLine> {
  // Journal entries have only a day, so all days that overlap the period are included.
  const days = { from: dayOf(from), below: dayAfter(dayOf(timeMs(below - 1)), 1) };
  for await (const entry of journal.ofDays(reader, days)) yield* bookLines(entry);
}

async function* soldWithin(reader: Reader, within: Within): AsyncGenerator<SoldLine> {
  for await (const order of orders.placedWithin(reader, within)) yield* soldLines(order);
}

/** One table as CSV, piece by piece. */
export function exportCsv(
  reader: Reader,
  kind: ExportKind,
  within: Within,
  personal: Personal,
): AsyncGenerator<string> {
  switch (kind) {
    case 'orders':
      return csv(orderTable, orders.placedWithin(reader, within));
    case 'order_lines':
      return csv(orderLineTable, soldWithin(reader, within));
    case 'payments':
      return csv(paymentTable(personal), payments.paidWithin(reader, within));
    case 'refunds':
      return csv(refundTable, refunds.movedWithin(reader, within));
    case 'points':
      return csv(pointsTable, points.writtenWithin(reader, within));
    case 'users':
      return csv(userTable(personal), users.registeredWithin(reader, within));
    case 'journal':
      return csv(journalTable, bookedOn(reader, within));
    case 'cases':
      return csv(caseTable, cases.openedWithin(reader, within));
  }
}
