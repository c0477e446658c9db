import * as z from 'zod';
import { TimeMs } from '../base.ts';

/** The number of attempts at one guarded thing in one time window. The id is a digest of the thing. */
export const AttemptCount = z.object({
  id: z.string().max(64),
  count: z.int().min(0),
  endsAtMs: TimeMs,
});
export type AttemptCount = z.infer<typeof AttemptCount>;
