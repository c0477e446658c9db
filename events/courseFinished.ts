import * as z from 'zod';
import { event } from '../shared/event.ts';
import { ProductId, TimeMs, UserId } from '../shared/schemas/base.ts';

/**
 * Somebody has finished all lessons of a course for the first time. Key: `<user id>:<product id>`. Published by the
 * part that keeps learning progress.
 */
export const courseFinished = event({
  name: 'course.finished',
  version: 1,
  schema: z.object({ userId: UserId, productId: ProductId, finishedAtMs: TimeMs }),
  example: {
    userId: 'usr_01JD0000000000000000000001',
    productId: 'prd_01JD0000000000000000000002',
    finishedAtMs: 1_795_000_000_000,
  },
});
