import * as z from 'zod';
import { TimeMs } from '../base.ts';

/** How many attempts there were at one guarded thing in one window. The id is a digest of what it is. */
export const AttemptCount = z.object({
  id: z.string().max(64),
  count: z.int().min(0),
  endsAtMs: TimeMs,
});
export type AttemptCount = z.infer<typeof AttemptCount>;
