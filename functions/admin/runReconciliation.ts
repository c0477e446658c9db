import * as z from 'zod';
import * as audit from '../../shared/data/audit.ts';
import { dayAfter, dayOf } from '../../shared/domain/day.ts';
import { fail } from '../../shared/errors.ts';
import { reconcileDay } from '../../shared/flows/reconcileDay.ts';
import { http } from '../../shared/function.ts';
import { Day } from '../../shared/schemas/journal.ts';
import { BillRail, Reconciliation } from '../../shared/schemas/reconciliation.ts';

/** Rails keep their bills for three months. */
const DAYS_MAX = 90;

/** Holds a rail's bill of one day against our books, now: whatever was found of that day before is looked at again. */
export const runReconciliation = http(
  {
    route: 'POST /api/admin/reconciliations',
    auth: { may: 'reconciliation.run' },
    input: z.strictObject({ rail: BillRail, day: Day }),
    output: z.object({ reconciliation: Reconciliation }),
    errors: ['reconciliation.day_out_of_range', 'reconciliation.not_ready', 'pay.unavailable'],
  },
  async ({ input: { rail, day }, user, now, ports, requestId }) => {
    const today = dayOf(now);
    if (day >= today || day < dayAfter(today, -DAYS_MAX)) throw fail('reconciliation.day_out_of_range');
    const billed = ports.rails[rail];
    const reconciliation =
      billed === null ? null : await reconcileDay(ports, billed, day, { now, requestId });
    if (reconciliation === null) throw fail('reconciliation.not_ready');
    const { id, healedCount, openCount } = reconciliation;
    await ports.database.tx((tx) =>
      audit.append(tx, {
        id: `reconciliation.run:${requestId}`,
        actorId: user.id,
        action: 'reconciliation.run',
        target: id,
        reason: null,
        before: null,
        after: { healedCount, openCount },
        now,
        requestId,
      }),
    );
    return { reconciliation };
  },
);
