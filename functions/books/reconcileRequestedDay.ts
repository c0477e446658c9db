import { reconciliationRequested } from '../../events/reconciliationRequested.ts';
import { fail } from '../../shared/errors.ts';
import { reconcileDay } from '../../shared/flows/books/reconcileDay.ts';
import { paced } from '../../shared/flows/payments/paced.ts';
import { outward } from '../../shared/function.ts';

const BUDGET_MS = 600_000;

/**
 * Holds a rail's bill against our books because staff want it now. A bill that is still being made, or cannot be had, is
 * asked for again later.
 */
export const reconcileRequestedDay = outward(
  { on: reconciliationRequested, budgetMs: BUDGET_MS },
  async ({ data: { rail: name, day }, now, ports, requestId }) => {
    const hasTime = () => ports.clock.now() < now + BUDGET_MS;
    const inTurn = paced(ports, { urgency: 'backlog', hasTime });
    const rail = inTurn.rails[name];
    const looked = rail === null ? null : await reconcileDay(inTurn, rail, day, { now, requestId });
    if (looked === null) throw fail('reconciliation.not_ready');
    // What came of it is written down with the day itself.
    return async () => undefined;
  },
);
