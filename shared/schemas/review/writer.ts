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

/** Something that staff took away, for staff. `by` and `reason` are null where nobody said so. */
export const RemovalView = Removal.extend({ by: UserId.nullable(), reason: z.string().nullable() });

/** What is known of somebody who writes, for staff. */
export const WriterView = z.object({
  userId: UserId,
  nickname: z.string(),
  createdAtMs: TimeMs,
  ...Writer.pick({ published: true, undecided: true, overturned: true }).shape,
  /** What they wrote today, by kind. */
  counts: Writer.shape.counts,
  /** How far they are trusted, except where they teach or assist. */
  trust: Trust,
  /** What a flag of theirs weighs. */
  flagWeight: z.int().min(0),
  /** What staff took away, the newest first. What an appeal gave back is not among it. */
  removed: z.array(RemovalView).max(REMOVED_MAX),
  /** Until when two removals close together take their trust away; null when they do not. */
  probationUntilMs: TimeMs.nullable(),
  /** Until when a third silences them, and which it is; null when nothing does. */
  suspension: z.object({ untilMs: TimeMs, target: ReviewTarget }).nullable(),
  /** When staff last lifted a suspension; null for never. */
  pardonedAtMs: TimeMs.nullable(),
});
export type WriterView = z.infer<typeof WriterView>;
