/** Who writes: what is counted of them, and how far they are trusted. */
import * as z from 'zod';
import { TimeMs, UserId } from '../base.ts';
import { ReviewActor, ReviewTarget } from './review.ts';

/**
 * How far somebody is trusted. 0: new here, or removed twice lately. 1: some texts published. 2: many published, and
 * something bought. 3: staff, and who teaches or assists, in their place.
 */
export const Trust = z.literal([0, 1, 2, 3]);
export type Trust = z.infer<typeof Trust>;

/** What is counted for each day. */
export const WritingKind = z.enum(['comment', 'topic', 'flag']);
export type WritingKind = z.infer<typeof WritingKind>;

/** The most removals that are kept. Older ones than the last sixty days matter to no rule. */
export const REMOVED_MAX = 20;

/** Something that staff took away. */
export const Removal = z.object({ target: ReviewTarget, atMs: TimeMs, by: ReviewActor });
export type Removal = z.infer<typeof Removal>;

/** What is counted of somebody who writes or flags, under the user's id. Trust is derived from it at each call. */
export const Writer = z.object({
  id: UserId,
  /** The Shanghai day of `counts`. */
  day: z.string().length(10),
  /** What they wrote on that day, by kind. */
  counts: z.record(WritingKind, z.int().min(0)),
  /** How many of their texts wait for the platform or for staff. */
  undecided: z.int().min(0),
  /** How many of their texts were public at some time. */
  published: z.int().min(0),
  /** What staff took away from them, the oldest first. A successful appeal takes it out. */
  removed: z.array(Removal).max(REMOVED_MAX),
  /** Until when removals silence nobody, because staff lifted it; null for never. */
  pardonedAtMs: TimeMs.nullable(),
  /** When staff kept what they had flagged, the oldest first. */
  overturned: z.array(TimeMs).max(REMOVED_MAX),
  /** Whether they were found to have bought something. False where nobody has looked yet. */
  hasBought: z.boolean(),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Writer = z.infer<typeof Writer>;
