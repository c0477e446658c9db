/** What waits for staff to decide, with what they need for it. */
import * as z from 'zod';
import { pageOf, TimeMs, UserId } from '../base.ts';
import { FlagReason } from './flag.ts';
import { Review, ReviewMatterKind, ReviewTarget } from './review.ts';

/** One version as staff see it. The addresses of its files open for an hour. */
export const WrittenPreview = z.object({
  title: z.string().nullable(),
  body: z.string(),
  imageUrls: z.array(z.string()),
  audioUrl: z.string().nullable(),
});

/** What is known of somebody who writes, for staff. */
const WriterRecord = z.object({
  userId: UserId,
  nickname: z.string(),
  createdAtMs: TimeMs,
  published: z.int().min(0),
  removed: z.int().min(0),
});

/** Where something stands, for staff who decide about it. */
export const StaffReview = Review.pick({
  ...{ state: true, version: true, publicVersion: true, keptVersion: true, appealedVersion: true },
  ...{ doubts: true, label: true, isHidden: true, flagWeight: true, flaggers: true, removals: true },
  ...{ sinceAtMs: true, publicAtMs: true },
});

/** What was decided before an appeal. */
const EarlierDecision = z.object({
  /** Null for the platform's check. */
  by: UserId.nullable(),
  /** Null for the platform's check, whose time is not kept. */
  atMs: TimeMs.nullable(),
  /** The words of staff, or what the platform's label means; null when it has none. */
  reason: z.string().nullable(),
});

/** How many people flagged something for a reason. Only flags that weigh something count. */
const FlagCount = z.object({ reason: FlagReason, people: z.int().min(1) });

/** A matter in the queue of reviews. `written` is null when there is nothing any more that it is about. */
export const ReviewItem = z.object({
  /** The case's. */
  id: z.string(),
  kind: ReviewMatterKind,
  story: z.string(),
  openedAtMs: TimeMs,
  written: z
    .object({
      target: ReviewTarget,
      /** Where it stands, such as a thread of comments. */
      about: z.string().nullable(),
      newest: WrittenPreview,
      /** What others see, or saw until flags hid it; null for nothing. */
      shown: WrittenPreview.nullable(),
      review: StaffReview,
      writer: WriterRecord,
      /** Who took away what is appealed. They may not decide about the appeal. Null for what is no appeal. */
      earlier: EarlierDecision.nullable(),
      /** Why the public version was flagged, the most frequent reason first; empty for what was not. */
      flags: z.array(FlagCount),
    })
    .nullable(),
});
export type ReviewItem = z.infer<typeof ReviewItem>;

/** One page of the queue. */
export const ReviewPage = pageOf(ReviewItem);
