import * as z from 'zod';
import { event } from '../shared/event.ts';
import { TimeMs, UserId } from '../shared/schemas/base.ts';
import { ReviewTarget } from '../shared/schemas/review/review.ts';

/**
 * What staff had taken away is public again, because an appeal was won. Key: `<target>:<removal>`, that of the removal
 * which it undoes.
 */
export const contentRestored = event({
  name: 'content.restored',
  version: 1,
  schema: z.object({
    target: ReviewTarget,
    userId: UserId,
    /** Which removal it undoes: the first is 1. */
    removal: z.int().min(1),
    restoredAtMs: TimeMs,
  }),
  example: {
    target: 'comment:cmt_01JD0000000000000000000004',
    userId: 'usr_01JD0000000000000000000001',
    removal: 1,
    restoredAtMs: 1_795_000_000_000,
  },
});
