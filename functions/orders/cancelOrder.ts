import * as z from 'zod';
import * as orders from '../../shared/data/orders/orders.ts';
import { fail } from '../../shared/errors.ts';
import { closeOrder } from '../../shared/flows/orders/closeOrder.ts';
import { http } from '../../shared/function.ts';
import { OrderId } from '../../shared/schemas/base.ts';
import { OrderView } from '../../shared/schemas/orders/order.ts';

/**
 * Cancels an unpaid order and gives its coupon back. Safe to repeat.
 *
 * If the payment has been opened, the rail is asked first. If the order was paid meanwhile, it becomes paid. If the
 * rail gives no clear answer, the order stays `closing` and is closed by itself a little later; nobody has to ask
 * again.
 */
export const cancelOrder = http(
  {
    route: 'POST /api/orders/{orderId}/cancel',
    auth: 'member',
    input: z.strictObject({ orderId: OrderId }),
    output: z.object({ order: OrderView }),
    errors: ['order.not_found', 'order.already_paid'],
    cost: 'platform',
  },
  async ({ input, user, now, ports, requestId }) => {
    const { id } = await orders.getOwn(ports.database, input.orderId, user.id);
    const { order } = await closeOrder(ports, id, { reason: 'cancelled', now, requestId });
    if (order.state === 'paid') throw fail('order.already_paid');
    return { order };
  },
);
