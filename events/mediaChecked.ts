import * as z from 'zod';
import { event } from '../shared/event.ts';

/**
 * WeChat judged a picture or a sound that it was asked about. `isWhole`: every part of its check succeeded. Without
 * that, and without a proof that it fetched the file, a pass means nothing. Key: WeChat's trace id.
 */
export const mediaChecked = event({
  name: 'media.checked',
  version: 1,
  schema: z.object({
    traceId: z.string().min(1).max(64),
    suggest: z.enum(['pass', 'review', 'risky']),
    label: z.int().min(0),
    isWhole: z.boolean(),
  }),
  example: { traceId: '690b03d2-301f6111-35ffbd44', suggest: 'pass', label: 100, isWhole: true },
});
