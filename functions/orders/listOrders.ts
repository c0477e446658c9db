import * as z from 'zod';
import * as orders from '../../shared/data/orders/orders.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { OrderPage, OrderState } from '../../shared/schemas/orders/order.ts';

/**
 * Lists the caller's own orders, newest first: all of them, or those in one state.
 *
 * The filter uses the state at the moment of each page. So an order that is paid while the caller reads on leaves the
 * pages of `pending`.
 */
export const listOrders = http(
  {
    route: 'GET /api/orders',
    auth: 'member',
    input: z.strictObject({ state: OrderState.optional(), cursor: Cursor.optional(), limit: PageSize }),
    output: OrderPage,
    errors: [],
  },
  async ({ input, user, ports }) => {
    const page = await orders.ofUser(ports.database, user.id, {
      state: input.state ?? null,
      limit: input.limit ?? 20,
      cursor: input.cursor ?? null,
    });
    return { items: [...page.items], nextCursor: page.nextCursor };
  },
);
