import * as z from 'zod';
import { checkPersonal } from '../../../shared/domain/identity/staff.ts';
import { shanghaiTime } from '../../../shared/domain/operations/csv.ts';
import { exportCsv } from '../../../shared/flows/operations/exportCsv.ts';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { download } from '../../../shared/function.ts';
import { DAY_MS, QueryTimeMs } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { ExportKind } from '../../../shared/schemas/operations/export.ts';

/** The longest time that one file may span: 366 days. */
const SPAN_MAX_MS = 366 * DAY_MS;

/**
 * Exports a table as a CSV file: orders, their lines, payments, refunds, points, users, the journal or cases.
 *
 * The file covers the given time, at most a year. Money counts in the time in which it moved. A payment counts when it
 * was paid, a refund when it ended, or when it was asked for if it is still open. Openids are masked unless `personal`
 * is asked for, which takes a right of its own and a second factor. A reason is required and goes into the audit log.
 * Amounts are in yuan, times in Shanghai's time zone. A text that a spreadsheet would take for a number, a date or a
 * formula begins with a backtick, as in WeChat Pay's bills.
 */
export const exportTable = download(
  {
    route: 'GET /api/admin/exports/{kind}',
    auth: { may: 'export.create' },
    input: z
      .strictObject({
        kind: ExportKind,
        fromAtMs: QueryTimeMs,
        /** Exclusive. */
        untilAtMs: QueryTimeMs,
        personal: z.literal('true').optional(),
        reason: Reason,
      })
      .refine(({ fromAtMs, untilAtMs }) => fromAtMs < untilAtMs && untilAtMs - fromAtMs <= SPAN_MAX_MS, {
        path: ['untilAtMs'],
      }),
    contentType: 'text/csv; charset=utf-8',
    errors: [],
    cost: 'export',
  },
  async ({ input, user, ports, ...call }) => {
    const { kind, fromAtMs, untilAtMs, reason } = input;
    const personal = input.personal === undefined ? 'masked' : 'shown';
    if (personal === 'shown') checkPersonal(user);
    const details = { fromAtMs, untilAtMs, personal };
    await logReading({ ports, user, ...call }, { action: 'export.create', target: kind, reason, details });
    const within = { from: fromAtMs, below: untilAtMs };
    return {
      fileName: `${kind}-${shanghaiTime(fromAtMs)?.slice(0, 10)}.csv`,
      chunks: exportCsv(ports.database, kind, within, personal),
    };
  },
);
