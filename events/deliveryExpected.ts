import * as z from 'zod';
import { event } from '../shared/event.ts';
import { OrderId } from '../shared/schemas/base.ts';

/** An order was paid on a rail that pays the money out only after it has heard of the delivery. Key: the order's id. */
export const deliveryExpected = event({
  name: 'delivery.expected',
  version: 1,
  schema: z.object({ orderId: OrderId }),
  example: { orderId: 'ord_01JD0000000000000000000000' },
});
