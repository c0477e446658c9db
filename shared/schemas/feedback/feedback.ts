/** What people tell the shop: faults, complaints, wishes; and what staff answer. */
import * as z from 'zod';
import { FeedbackId, lines, OrderId, pageOf, storedText, TimeMs, UploadId, UserId } from '../base.ts';

/** What it is about. */
export const FeedbackKind = z.enum([
  'bug',
  'content',
  'refund',
  'complaint',
  'infringement',
  'privacy',
  'idea',
]);
export type FeedbackKind = z.infer<typeof FeedbackKind>;

/** The words of its author, and those of staff. */
export const FeedbackWords = lines(1_000);

/** The most pictures. Only staff see them. */
export const FEEDBACK_IMAGES_MAX = 4;

/** The most turns: it is told, answered, reopened, answered, and so on. */
export const TURNS_MAX = 20;

/** One turn: who said what. */
export const FeedbackTurn = z.object({
  from: z.enum(['user', 'staff']),
  by: UserId,
  words: storedText(FeedbackWords),
  atMs: TimeMs,
});
export type FeedbackTurn = z.infer<typeof FeedbackTurn>;

/** What somebody tells the shop. The client makes the id, so that a repeat tells once. */
export const FeedbackAsked = z.strictObject({
  id: FeedbackId,
  kind: FeedbackKind,
  words: FeedbackWords,
  /** The order it is about; null for none. It is shown to staff as it is. */
  orderId: OrderId.nullable(),
  /** Their own uploads. */
  images: z
    .array(UploadId)
    .max(FEEDBACK_IMAGES_MAX)
    .refine((ids) => new Set(ids).size === ids.length),
});
export type FeedbackAsked = z.infer<typeof FeedbackAsked>;

/** How many turns somebody saw. What is said after others said something meanwhile is refused. */
export const SeenTurns = z.int().min(1).max(TURNS_MAX);

/** A stored feedback. It is open while its author has the last word, and answered while staff have. */
export const Feedback = z.object({
  id: FeedbackId,
  userId: UserId,
  kind: FeedbackKind,
  orderId: OrderId.nullable(),
  images: z.array(UploadId).max(FEEDBACK_IMAGES_MAX),
  state: z.enum(['open', 'answered']),
  /** The oldest first. */
  turns: z.array(FeedbackTurn).min(1).max(TURNS_MAX),
  /** When the last turn was. */
  sinceAtMs: TimeMs,
  createdAtMs: TimeMs,
});
export type Feedback = z.infer<typeof Feedback>;

/** `closed`: it was answered, and can no longer be reopened. */
export const FeedbackState = z.enum(['open', 'answered', 'closed']);
export type FeedbackState = z.infer<typeof FeedbackState>;

/** One turn as its author sees it: without the name of who answered. */
export const FeedbackTurnView = FeedbackTurn.omit({ by: true });

/** A feedback as its author sees it. */
export const FeedbackView = Feedback.pick({ id: true, kind: true, orderId: true, createdAtMs: true }).extend({
  state: FeedbackState,
  turns: z.array(FeedbackTurnView),
  /** Until when it can be reopened; null while it is open, and for good once it is closed. */
  reopenUntilMs: TimeMs.nullable(),
  imageCount: z.int().min(0),
});
export type FeedbackView = z.infer<typeof FeedbackView>;

/** One page of somebody's own feedback. */
export const FeedbackPage = pageOf(FeedbackView);

/** A feedback as staff see it, with links of an hour to its pictures. */
export const StaffFeedbackView = Feedback.omit({ images: true }).extend({ imageUrls: z.array(z.string()) });
export type StaffFeedbackView = z.infer<typeof StaffFeedbackView>;

/** One page of feedback, for staff. */
export const StaffFeedbackPage = pageOf(StaffFeedbackView);
