import * as z from 'zod';
import { staffOrderRow } from '../../../shared/domain/identity/staff.ts';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { ordersSought } from '../../../shared/flows/orders/ordersSought.ts';
import { http } from '../../../shared/function.ts';
import { BodyPageSize, Cursor, TimeMs, text } from '../../../shared/schemas/base.ts';
import { AnyReason } from '../../../shared/schemas/identity/staff.ts';
import { OrderNumberStart } from '../../../shared/schemas/orders/order.ts';
import { StaffOrderPage } from '../../../shared/schemas/orders/staffOrder.ts';

/** The page size when the request gives no `limit`. */
const PAGE_SIZE = 20;

/**
 * Searches orders by one of three, the newest first: the number or its beginning; what the buyer is called, as
 * `searchUsers` has it, of at most 50 people together; or words in the title of a product in it, placed within a time.
 *
 * By title, orders are read one after the other. So a page may be short, or empty, and still have a next one. Only a
 * search by buyer goes into the audit log, with the buyers that it showed.
 */
export const searchOrders = http(
  {
    route: 'POST /api/admin/orders/search',
    auth: { may: 'order.view' },
    input: z.strictObject({
      by: z.union([
        z.strictObject({ number: OrderNumberStart }),
        z.strictObject({ buyer: text(60) }),
        /** `untilAtMs` is exclusive. */
        z.strictObject({ title: text(60), fromAtMs: TimeMs.optional(), untilAtMs: TimeMs.optional() }),
      ]),
      reason: AnyReason,
      cursor: Cursor.optional(),
      limit: BodyPageSize,
    }),
    output: StaffOrderPage,
    errors: ['search.too_wide'],
  },
  async ({ input: { by, reason, cursor = null, limit = PAGE_SIZE }, ports, ...call }) => {
    const page = await ordersSought(ports, by, { cursor, limit });
    if ('buyer' in by) {
      const details = { shown: [...new Set(page.items.map(({ userId }) => userId))] };
      await logReading({ ports, ...call }, { action: 'order.search', target: 'orders', reason, details });
    }
    return { items: page.items.map(staffOrderRow), nextCursor: page.nextCursor };
  },
);
