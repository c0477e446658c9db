import * as z from 'zod';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { showOrder } from '../../../shared/flows/orders/showOrder.ts';
import { http } from '../../../shared/function.ts';
import { OrderId } from '../../../shared/schemas/base.ts';
import { StaffOrderView } from '../../../shared/schemas/orders/staffOrder.ts';

/**
 * Shows anybody's order with its whole history: payment, receipts, refunds, coupon, points, exceptions and tasks; and
 * what of it can still be given back. The audit log records who looked.
 */
export const getAnyOrder = http(
  {
    route: 'GET /api/admin/orders/{orderId}',
    auth: { may: 'order.view' },
    input: z.strictObject({ orderId: OrderId }),
    output: StaffOrderView,
    errors: ['order.not_found'],
  },
  async ({ input: { orderId }, ports, ...call }) => {
    const view = await showOrder(ports, orderId, call.now);
    await logReading({ ports, ...call }, { action: 'order.read', target: orderId, reason: null });
    return view;
  },
);
