import { reconciliationRequested } from '../../events/reconciliationRequested.ts';
import { fail } from '../../shared/errors.ts';
import { reconcileDay } from '../../shared/flows/books/reconcileDay.ts';
import { outward } from '../../shared/function.ts';

/**
 * Holds a rail's bill against our books because staff want it now. A bill that is still being made, or cannot be had, is
 * asked for again later.
 */
export const reconcileRequestedDay = outward(
  { on: reconciliationRequested, budgetMs: 600_000 },
  async ({ data: { rail: name, day }, now, ports, requestId }) => {
    const rail = ports.rails[name];
    const looked = rail === null ? null : await reconcileDay(ports, rail, day, { now, requestId });
    if (looked === null) throw fail('reconciliation.not_ready');
    // What came of it is written down with the day itself.
    return async () => undefined;
  },
);
