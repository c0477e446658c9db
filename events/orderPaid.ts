import * as z from 'zod';
import { event } from '../shared/event.ts';
import { Fen, OrderId, ProductId, TimeMs, UserId } from '../shared/schemas/base.ts';
import { AccessRule } from '../shared/schemas/catalogue/product.ts';

/** An order has been paid, or had nothing to pay. Key: the order's id. */
export const orderPaid = event({
  name: 'order.paid',
  version: 1,
  schema: z.object({
    orderId: OrderId,
    userId: UserId,
    paidFen: Fen,
    /** The points that the order earns. Pricing decides them from the amount that is really paid. */
    earnsPoints: z.int().min(0),
    lines: z.array(z.object({ productId: ProductId, access: AccessRule })),
    paidAtMs: TimeMs,
  }),
  example: {
    orderId: 'ord_01JD0000000000000000000000',
    userId: 'usr_01JD0000000000000000000001',
    paidFen: 9900,
    earnsPoints: 99,
    lines: [{ productId: 'prd_01JD0000000000000000000002', access: { kind: 'forever' } }],
    paidAtMs: 1_795_000_000_000,
  },
});
