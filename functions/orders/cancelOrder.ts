import * as z from 'zod';
import * as orders from '../../shared/data/orders/orders.ts';
import { fail } from '../../shared/errors.ts';
import { closeOrder } from '../../shared/flows/orders/closeOrder.ts';
import { http } from '../../shared/function.ts';
import { OrderId } from '../../shared/schemas/base.ts';
import { OrderView } from '../../shared/schemas/orders/order.ts';

/**
 * Cancels an order that is not paid, and gives its coupon back. Safe to repeat.
 *
 * Once the payment has been opened the rail is asked first, and what was paid meanwhile is paid. When it does not
 * answer clearly, the order stays `closing`: nobody has to ask again, it is closed by itself a little later.
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
