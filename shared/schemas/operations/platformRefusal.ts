/** Codes with which a platform currently refuses us: one document for each code, however many requests it refused. */
import * as z from 'zod';
import { TimeMs } from '../base.ts';

/** A stored platform refusal, under `<platform>:<code>`. */
export const PlatformRefusal = z.object({
  id: z.string().regex(/^[a-z]{1,20}:[A-Za-z0-9_-]{1,48}$/),
  /** When the platform began to refuse with this code. */
  firstAtMs: TimeMs,
  /** When this document was last updated. Not every refused request updates it. */
  lastAtMs: TimeMs,
});
export type PlatformRefusal = z.infer<typeof PlatformRefusal>;
