import * as z from 'zod';
import * as refunds from '../../shared/data/refunds/refunds.ts';
import { refundView } from '../../shared/domain/refunds/refund.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { RefundPage } from '../../shared/schemas/refunds/refund.ts';

/** The page size when the request gives no `limit`. */
const PAGE_SIZE = 20;

/**
 * Lists the caller's own refunds of all orders, newest first: the state of each, and what came back with it.
 *
 * Old refunds do not store whose they are. They are listed only by order (`listRefunds`).
 */
export const listMyRefunds = http(
  {
    route: 'GET /api/me/refunds',
    auth: 'member',
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: RefundPage,
    errors: [],
  },
  async ({ input: { cursor = null, limit = PAGE_SIZE }, user, ports }) => {
    const page = await refunds.ofUser(ports.database, user.id, { cursor, limit });
    return { items: page.items.map(refundView), nextCursor: page.nextCursor };
  },
);
