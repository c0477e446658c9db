import * as z from 'zod';
import * as orders from '../../../shared/data/orders/orders.ts';
import { staffOrderRow } from '../../../shared/domain/identity/staff.ts';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize, QueryTimeMs, UserId } from '../../../shared/schemas/base.ts';
import { AnyReason } from '../../../shared/schemas/identity/staff.ts';
import { OrderState } from '../../../shared/schemas/orders/order.ts';
import { StaffOrderPage } from '../../../shared/schemas/orders/staffOrder.ts';

/**
 * Lists everybody's orders, newest first: all of them, those in one state, or those of one user.
 *
 * The audit log records who looked at one user's orders, and the reason if they gave one.
 */
export const listAllOrders = http(
  {
    route: 'GET /api/admin/orders',
    auth: { may: 'order.view' },
    input: z
      .strictObject({
        userId: UserId.optional(),
        state: OrderState.optional(),
        /** Compared with the time when the order was placed. */
        fromAtMs: QueryTimeMs.optional(),
        /** Exclusive. */
        untilAtMs: QueryTimeMs.optional(),
        /** For the audit log; used only with `userId`. */
        reason: AnyReason,
        limit: PageSize,
        cursor: Cursor.optional(),
      })
      .refine(({ userId, state }) => userId === undefined || state === undefined, { path: ['state'] }),
    output: StaffOrderPage,
    errors: [],
  },
  async ({ input, ports, ...call }) => {
    const { limit = 20, cursor = null, reason, ...filter } = input;
    const page = await orders.list(ports.database, filter, { limit, cursor });
    if (filter.userId !== undefined) {
      await logReading({ ports, ...call }, { action: 'order.list', target: filter.userId, reason });
    }
    return { items: page.items.map(staffOrderRow), nextCursor: page.nextCursor };
  },
);
