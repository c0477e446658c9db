import { daysToReconcile, openUnread, reconcileDay } from '../../shared/flows/books/reconcileDay.ts';
import { paced } from '../../shared/flows/payments/paced.ts';
import { timer } from '../../shared/function.ts';

/**
 * Compares each rail's bill of yesterday with our books, and the bills of the days that were missed since the last run.
 *
 * Virtual payment tells its fees later, so such a day is compared again when the fees should be known. A bill that is
 * not ready or cannot be downloaded is tried again the next day. Staff can ask for any day at any time.
 */
export const reconcile = timer(
  { cron: '0 30 10 * * * *', budgetMs: 600_000 },
  async ({ now, ports, requestId, hasTime }) => {
    const counts = { days: 0, healed: 0, open: 0, notReady: 0, failed: 0, unfinished: 0 };
    const inTurn = paced(ports, { urgency: 'backlog', hasTime });
    for (const rail of [inTurn.rails.wxpay, inTurn.rails.xpay]) {
      if (rail === null) continue;
      for (const day of await daysToReconcile(ports.database, rail, now)) {
        if (!hasTime()) return { ...counts, unfinished: 1 };
        try {
          const result = await reconcileDay(inTurn, rail, day, { now, requestId });
          if (result === null) counts.notReady += 1;
          else counts.days += 1;
          counts.healed += result?.healedCount ?? 0;
          counts.open += result?.openCount ?? 0;
        } catch (caught) {
          ports.log.write('error', { reconciliation: rail.name, day, failed: String(caught) });
          counts.failed += 1;
        }
        await openUnread(ports.database, rail, day, now);
      }
    }
    return counts;
  },
);
