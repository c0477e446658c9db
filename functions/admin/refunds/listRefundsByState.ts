import * as z from 'zod';
import * as refunds from '../../../shared/data/refunds/refunds.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { RefundState, StaffRefundPage } from '../../../shared/schemas/refunds/refund.ts';

const PAGE_SIZE = 20;

/** Lists the refunds in a state, the longest waiting first. By default those that wait for staff. */
export const listRefundsByState = http(
  {
    route: 'GET /api/admin/refunds',
    auth: { may: 'refund.view' },
    input: z.strictObject({
      state: RefundState.optional(),
      cursor: Cursor.optional(),
      limit: PageSize,
    }),
    output: StaffRefundPage,
    errors: [],
  },
  async ({ input: { state = 'requested', cursor = null, limit = PAGE_SIZE }, ports }) => {
    const page = await refunds.inState(ports.database, state, { cursor, limit });
    return { items: [...page.items], nextCursor: page.nextCursor };
  },
);
