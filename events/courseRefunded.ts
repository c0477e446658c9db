import * as z from 'zod';
import { event } from '../shared/event.ts';
import { ProductId, TimeMs, UserId } from '../shared/schemas/base.ts';

/**
 * A refund took back a purchase by which somebody learned a course: the course itself, or a bundle with it. Key:
 * `<refund id>:<product id>`.
 */
export const courseRefunded = event({
  name: 'course.refunded',
  version: 1,
  schema: z.object({ userId: UserId, productId: ProductId, refundedAtMs: TimeMs }),
  example: {
    userId: 'usr_01JD0000000000000000000001',
    productId: 'prd_01JD0000000000000000000002',
    refundedAtMs: 1_795_000_000_000,
  },
});
