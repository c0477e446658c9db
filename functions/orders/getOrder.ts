import * as z from 'zod';
import * as orders from '../../shared/data/orders/orders.ts';
import { http } from '../../shared/function.ts';
import { OrderId } from '../../shared/schemas/base.ts';
import { OrderView } from '../../shared/schemas/orders/order.ts';

/** Shows one of the caller's own orders: its lines, what each costs and why, and its state. */
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
