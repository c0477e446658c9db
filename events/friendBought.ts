import { event } from '../shared/event.ts';
import { PaidOrder } from '../shared/schemas/orders/paidOrder.ts';

/**
 * An invited user has paid for an order, and nobody has been rewarded for the invitation yet. Key: the order's id. It
 * says the same as `order.paid`, because tasks of a build that rewarded for that event still wait in the store.
 */
export const friendBought = event({
  name: 'friend.bought',
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
