import * as z from 'zod';
import * as cases from '../../../shared/data/operations/cases.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { Case, CaseKind, CasePage } from '../../../shared/schemas/operations/case.ts';

/** Lists cases, which are decisions that only people can make. Oldest first, by default those that are open. */
export const listCases = http(
  {
    route: 'GET /api/admin/cases',
    auth: { may: 'case.view' },
    input: z.strictObject({
      state: Case.shape.state.optional(),
      kind: CaseKind.optional(),
      limit: PageSize,
      cursor: Cursor.optional(),
    }),
    output: CasePage,
    errors: [],
  },
  async ({ input: { state = 'open', kind = null, limit = 20, cursor = null }, ports }) => {
    const page = await cases.list(ports.database, { state, kind, limit, cursor });
    return { items: [...page.items], nextCursor: page.nextCursor };
  },
);
