import * as z from 'zod';
import { event } from '../shared/event.ts';
import { OrderId, TimeMs } from '../shared/schemas/base.ts';

/**
 * An order was paid through Apple. Only Apple can give that money back, and it may ask us about the order. Key: the
 * order's id.
 */
export const appleCharged = event({
  name: 'apple.charged',
  version: 1,
  schema: z.object({ orderId: OrderId, paidAtMs: TimeMs }),
  example: { orderId: 'ord_01JD0000000000000000000000', paidAtMs: 1_795_000_000_000 },
});
