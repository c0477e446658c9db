/** Usage: what a user has opened of a product. Only what the server itself has seen counts. */
import * as z from 'zod';
import { LessonId, ProductId, TimeMs, UserId } from '../base.ts';

/** The largest number of opened things kept for one product. It is above the number of lessons of a course. */
export const OPENED_MAX = 2000;

/**
 * A stored usage, under `<userId>:<productId>`. `opened` holds lessons, or products that have no lessons. For a
 * bundle it holds those of its parts that were opened because of the bundle. Trial lessons are not in it, because
 * they are open to everybody.
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
