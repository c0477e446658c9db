import { event } from '../shared/event.ts';
import { PaidOrder } from '../shared/schemas/orders/paidOrder.ts';

/** An order has been paid, or had nothing to pay. Key: the order's id. */
export const orderPaid = event({
  name: 'order.paid',
  version: 1,
  schema: PaidOrder,
  example: {
    orderId: 'ord_01JD0000000000000000000000',
    userId: 'usr_01JD0000000000000000000001',
    paidFen: 9900,
    earnsPoints: 99,
    lines: [{ productId: 'prd_01JD0000000000000000000002', access: { kind: 'forever' } }],
    paidAtMs: 1_795_000_000_000,
  },
});
