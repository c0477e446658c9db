import * as z from 'zod';
import { event } from '../shared/event.ts';
import { TimeMs, UserId } from '../shared/schemas/base.ts';
import { ReviewTarget } from '../shared/schemas/review/review.ts';

/** Staff took away something that had been public. Key: `<target>:<how often they have>`. */
export const contentRemoved = event({
  name: 'content.removed',
  version: 1,
  schema: z.object({
    target: ReviewTarget,
    userId: UserId,
    /** Which removal of it this is: the first is 1. Left out by builds that took points back only once. */
    removal: z.int().min(1).optional(),
    removedAtMs: TimeMs,
  }),
  example: {
    target: 'comment:cmt_01JD0000000000000000000004',
    userId: 'usr_01JD0000000000000000000001',
    removal: 1,
    removedAtMs: 1_795_000_000_000,
  },
});
