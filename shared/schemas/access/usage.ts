/** What somebody has opened of what they may use, as the server itself has seen it. */
import * as z from 'zod';
import { LessonId, ProductId, TimeMs, UserId } from '../base.ts';

/** How many opened things are kept of one product: no course has more lessons. */
export const OPENED_MAX = 2000;

/**
 * A stored usage, `<userId>:<productId>`. `opened` are lessons, or products without lessons; of a bundle those of its
 * parts that were opened because of it. Trial lessons are not among them: they are open to everybody.
 */
export const Usage = z.object({
  id: z.string().max(70),
  userId: UserId,
  productId: ProductId,
  opened: z.array(z.union([LessonId, ProductId])).max(OPENED_MAX),
  firstOpenedAtMs: TimeMs,
  downloadedAtMs: TimeMs.nullable(),
  updatedAtMs: TimeMs,
});
export type Usage = z.infer<typeof Usage>;
