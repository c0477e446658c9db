import * as z from 'zod';
import { reconciliationRequested } from '../../../events/reconciliationRequested.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { billReadyAtMs, reconciliationId } from '../../../shared/domain/books/reconciliation.ts';
import { dayAfter, dayOf } from '../../../shared/domain/day.ts';
import { fail } from '../../../shared/errors.ts';
import { fact } from '../../../shared/event.ts';
import { http } from '../../../shared/function.ts';
import { TimeMs } from '../../../shared/schemas/base.ts';
import { Day } from '../../../shared/schemas/books/journal.ts';
import { BillRail, Reconciliation } from '../../../shared/schemas/books/reconciliation.ts';
import { AnyReason } from '../../../shared/schemas/identity/staff.ts';

/**
 * The oldest day that can be reconciled, in days ago. Rails keep bills for three months, and a day may also need the
 * bills of the week before it.
 */
const DAYS_MAX = 80;

/**
 * Asks for a rail's bill of one day to be compared with our books now, including what was found for that day before.
 *
 * The rail takes seconds or minutes to make a bill. The day has been looked at once its `finishedAtMs` is not before
 * `askedAtMs`. The audit log records who asked.
 */
export const runReconciliation = http(
  {
    route: 'POST /api/admin/reconciliations',
    auth: { may: 'reconciliation.run' },
    input: z.strictObject({ rail: BillRail, day: Day, reason: AnyReason }),
    output: z.object({ reconciliationId: Reconciliation.shape.id, askedAtMs: TimeMs }),
    errors: ['reconciliation.day_out_of_range', 'reconciliation.not_ready'],
  },
  async ({ input: { rail, day, reason }, user, now, ports, requestId }) => {
    const today = dayOf(now);
    if (day >= today || day < dayAfter(today, -DAYS_MAX)) throw fail('reconciliation.day_out_of_range');
    if (ports.rails[rail] === null || now < billReadyAtMs(day)) throw fail('reconciliation.not_ready');
    const id = ports.ids.make('aud');
    const target = reconciliationId(rail, day);
    const what = { action: 'reconciliation.run', target, reason, before: null, after: null } as const;
    await ports.database.tx(async (tx) => {
      await audit.append(tx, { id, actorId: user.id, ...what, now, requestId });
      const asked = fact(reconciliationRequested, `${target}:${id}`, { rail, day });
      await tasks.append(tx, [asked], { now, requestId });
    });
    return { reconciliationId: target, askedAtMs: now };
  },
);
