import { reconciliationRequested } from '../../events/reconciliationRequested.ts';
import { fail } from '../../shared/errors.ts';
import { reconcileDay } from '../../shared/flows/books/reconcileDay.ts';
import { paced } from '../../shared/flows/payments/paced.ts';
import { outward } from '../../shared/function.ts';

const BUDGET_MS = 600_000;

/**
 * Compares a rail's bill with our books at the request of staff. A bill that is not ready or cannot be downloaded is
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
    // Nothing to commit here: the result is stored with the reconciled day.
    return async () => undefined;
  },
);
