import * as z from 'zod';
import * as reconciliations from '../../../shared/data/books/reconciliations.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { ReconciliationPage } from '../../../shared/schemas/books/reconciliation.ts';

/** Lists the reconciled days of the rails, newest first, each with how much differed. */
export const listReconciliations = http(
  {
    route: 'GET /api/admin/reconciliations',
    auth: { may: 'reconciliation.view' },
    input: z.strictObject({ limit: PageSize, cursor: Cursor.optional() }),
    output: ReconciliationPage,
    errors: [],
  },
  async ({ input: { limit = 20, cursor = null }, ports }) => {
    const { items, nextCursor } = await reconciliations.list(ports.database, { limit, cursor });
    return { items: [...items], nextCursor };
  },
);
