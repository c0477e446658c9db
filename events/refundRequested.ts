import * as z from 'zod';
import { event } from '../shared/event.ts';

/** A refund is recorded, and the rail has to be asked for it. Key: the refund's id. */
export const refundRequested = event({
  name: 'refund.requested',
  version: 1,
  schema: z.object({ refundId: z.string().min(1).max(64) }),
  example: { refundId: 'late-ord_01JD0000000000000000000000' },
});
