import * as z from 'zod';
import * as audit from '../../shared/data/audit.ts';
import { dayAfter, dayOf } from '../../shared/domain/day.ts';
import { reconciliationId } from '../../shared/domain/reconciliation.ts';
import { fail } from '../../shared/errors.ts';
import { reconcileDay } from '../../shared/flows/reconcileDay.ts';
import { http } from '../../shared/function.ts';
import { Day } from '../../shared/schemas/journal.ts';
import { BillRail, Reconciliation } from '../../shared/schemas/reconciliation.ts';
import { Reason } from '../../shared/schemas/staff.ts';

/** Rails keep their bills for three months. */
const DAYS_MAX = 90;

/**
 * Holds a rail's bill of one day against our books, now: whatever was found of that day before is looked at again. Who
 * asked for it, and why, is written down before it begins; what came of it stays with the day.
 */
export const runReconciliation = http(
  {
    route: 'POST /api/admin/reconciliations',
    auth: { may: 'reconciliation.run' },
    input: z.strictObject({ rail: BillRail, day: Day, reason: Reason }),
    output: z.object({ reconciliation: Reconciliation }),
    errors: ['reconciliation.day_out_of_range', 'reconciliation.not_ready', 'pay.unavailable'],
  },
  async ({ input: { rail, day, reason }, user, now, ports, requestId }) => {
    const today = dayOf(now);
    if (day >= today || day < dayAfter(today, -DAYS_MAX)) throw fail('reconciliation.day_out_of_range');
    const billed = ports.rails[rail];
    if (billed === null) throw fail('reconciliation.not_ready');
    const entry = {
      id: ports.ids.make('aud'),
      actorId: user.id,
      action: 'reconciliation.run',
      target: reconciliationId(rail, day),
      reason,
      before: null,
      after: null,
      now,
      requestId,
    };
    await ports.database.tx((tx) => audit.append(tx, entry));
    const reconciliation = await reconcileDay(ports, billed, day, { now, requestId });
    if (reconciliation === null) throw fail('reconciliation.not_ready');
    return { reconciliation };
  },
);
