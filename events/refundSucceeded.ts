import * as z from 'zod';
import { event } from '../shared/event.ts';
import { Fen, OrderId, ProductId, TimeMs, UserId } from '../shared/schemas/base.ts';
import { RefundReason } from '../shared/schemas/refunds/refund.ts';

/**
 * Money of an order has reached the buyer again, whoever asked for it. Key: the refund's id. `takenBack` has the
 * products whose access the refund took; a refund of a part of a price takes none.
 */
export const refundSucceeded = event({
  name: 'refund.succeeded',
  version: 1,
  schema: z.object({
    refundId: z.string().min(1).max(64),
    orderId: OrderId,
    userId: UserId,
    reason: RefundReason,
    refundFen: Fen,
    takenBack: z.array(ProductId).max(20),
    succeededAtMs: TimeMs,
  }),
  example: {
    refundId: 'rfd_01JD0000000000000000000005',
    orderId: 'ord_01JD0000000000000000000003',
    userId: 'usr_01JD0000000000000000000001',
    reason: 'buyer',
    refundFen: 9_900,
    takenBack: ['prd_01JD0000000000000000000002'],
    succeededAtMs: 1_795_000_000_000,
  },
});
