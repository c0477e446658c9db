import * as z from 'zod';
import * as orders from '../../shared/data/orders/orders.ts';
import { http } from '../../shared/function.ts';
import { OrderId } from '../../shared/schemas/base.ts';
import { OrderView } from '../../shared/schemas/orders/order.ts';

/** Shows one of the caller's own orders: what was bought, what each line costs and why, and what became of it. */
export const getOrder = http(
  {
    route: 'GET /api/orders/{orderId}',
    auth: 'member',
    input: z.strictObject({ orderId: OrderId }),
    output: z.object({ order: OrderView }),
    errors: ['order.not_found'],
  },
  async ({ input, user, ports }) => ({ order: await orders.getOwn(ports.database, input.orderId, user.id) }),
);
