import * as z from 'zod';
import { event } from '../shared/event.ts';
import { OrderId } from '../shared/schemas/base.ts';

/** A paid order has lines that are for friends. Key: the order's id. */
export const giftsBought = event({
  name: 'gifts.bought',
  version: 1,
  schema: z.object({ orderId: OrderId }),
  example: { orderId: 'ord_01JD0000000000000000000000' },
});
