import * as z from 'zod';
import * as orders from '../../shared/data/orders/orders.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { OrderPage } from '../../shared/schemas/orders/order.ts';

/** Lists the caller's own orders, newest first. */
export const listOrders = http(
  {
    route: 'GET /api/orders',
    auth: 'member',
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: OrderPage,
    errors: [],
  },
  async ({ input, user, ports }) => {
    const page = await orders.ofUser(ports.database, user.id, {
      limit: input.limit ?? 20,
      cursor: input.cursor ?? null,
    });
    return { items: [...page.items], nextCursor: page.nextCursor };
  },
);
