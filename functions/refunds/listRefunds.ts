import * as z from 'zod';
import * as orders from '../../shared/data/orders/orders.ts';
import * as refunds from '../../shared/data/refunds/refunds.ts';
import { refundView } from '../../shared/domain/refunds/refund.ts';
import { http } from '../../shared/function.ts';
import { OrderId } from '../../shared/schemas/base.ts';
import { RefundView } from '../../shared/schemas/refunds/refund.ts';

/** The most refunds that are shown. */
const SHOWN_MAX = 100;

/** Lists the refunds of an order, newest first, at most 100: the state of each, and what came back with it. */
export const listRefunds = http(
  {
    route: 'GET /api/orders/{orderId}/refunds',
    auth: 'member',
    input: z.strictObject({ orderId: OrderId }),
    output: z.object({ refunds: z.array(RefundView) }),
    errors: ['order.not_found'],
  },
  async ({ input, user, ports }) => {
    const { id } = await orders.getOwn(ports.database, input.orderId, user.id);
    return { refunds: (await refunds.ofOrder(ports.database, id)).slice(0, SHOWN_MAX).map(refundView) };
  },
);
