import * as z from 'zod';
import * as reconciliations from '../../../shared/data/books/reconciliations.ts';
import { reconciliationId } from '../../../shared/domain/books/reconciliation.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { Day } from '../../../shared/schemas/books/journal.ts';
import { BillRail, DifferencePage, Reconciliation } from '../../../shared/schemas/books/reconciliation.ts';

/** Shows the reconciliation of one rail's day, with a page of its differences, oldest first. */
export const getReconciliation = http(
  {
    route: 'GET /api/admin/reconciliations/{rail}/{day}',
    auth: { may: 'reconciliation.view' },
    input: z.strictObject({ rail: BillRail, day: Day, limit: PageSize, cursor: Cursor.optional() }),
    output: z.object({ reconciliation: Reconciliation, differences: DifferencePage }),
    errors: ['reconciliation.not_found'],
  },
  async ({ input: { rail, day, limit = 20, cursor = null }, ports }) => {
    const id = reconciliationId(rail, day);
    const reconciliation = await reconciliations.find(ports.database, id);
    if (reconciliation === null) throw fail('reconciliation.not_found');
    const { items, nextCursor } = await reconciliations.differencesOf(ports.database, id, { limit, cursor });
    return { reconciliation, differences: { items: [...items], nextCursor } };
  },
);
