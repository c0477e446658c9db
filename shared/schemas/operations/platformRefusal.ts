/** What a platform refuses us with, as long as it does: one for each code, however many requests were refused. */
import * as z from 'zod';
import { TimeMs } from '../base.ts';

/** A stored one. Its id is `<platform>:<code>`. */
export const PlatformRefusal = z.object({
  id: z.string().regex(/^[a-z]{1,20}:[A-Za-z0-9_-]{1,48}$/),
  /** Since when it has been refusing so. */
  firstAtMs: TimeMs,
  /** When it was written down last: not for every request. */
  lastAtMs: TimeMs,
});
export type PlatformRefusal = z.infer<typeof PlatformRefusal>;
