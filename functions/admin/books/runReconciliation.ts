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

/** Rails keep their bills for three months, and those of the week before a day may be needed, too. */
const DAYS_MAX = 80;

/**
 * Has a rail's bill of one day held against our books, now: whatever was found of that day before is looked at again.
 *
 * A bill takes the rail seconds or minutes to make: the day has been looked at once its `finishedAtMs` is not before
 * `askedAtMs`. Who asked for it is in the audit log.
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
