/** Paid questions: what is asked, where it stands, and whose money it is. */
import * as z from 'zod';
import {
  BasisPoints,
  Fen,
  lines,
  OrderId,
  ProductId,
  pageOf,
  QuestionId,
  storedText,
  TimeMs,
  text,
  UploadId,
  UserId,
} from '../base.ts';
import { Reason } from '../identity/staff.ts';
import { IMAGES_MAX, OwnReview, Reviewed } from '../review/review.ts';
import { WrittenPreview } from '../review/reviewItem.ts';
import { AuthorView } from '../talk/author.ts';
import { ImageView } from '../talk/topic.ts';

/**
 * The states of a question. Nothing is paid in `checking`, `refused`, `lapsed`, `ready` and `ordered`. Its money is
 * held in `open`, `answering`, `answered`, `disputed` and `returning`. It is the expert's in `settled`, and the asker's
 * in `returned`.
 */
export const QuestionState = z.enum([
  'checking',
  'refused',
  'lapsed',
  'ready',
  'ordered',
  'open',
  'answering',
  'answered',
  'disputed',
  'returning',
  'settled',
  'returned',
]);
export type QuestionState = z.infer<typeof QuestionState>;

/** The states in which an expert sees a question: all that follow its payment. */
export const PaidState = QuestionState.extract([
  ...(['open', 'answering', 'answered', 'disputed'] as const),
  ...(['returning', 'settled', 'returned'] as const),
]);
export type PaidState = z.infer<typeof PaidState>;

/**
 * Why a question's money goes back: nobody answered in time; the expert declined; the asker withdrew it; staff removed
 * it, or it went back at the rail or by staff; staff judged so.
 */
export const ReturnCause = z.enum(['expired', 'declined', 'withdrawn', 'removed', 'refunded', 'judged']);
export type ReturnCause = z.infer<typeof ReturnCause>;

/** The most pictures of a question. */
export const QUESTION_IMAGES_MAX = 3;

const different = (ids: readonly UploadId[]) => new Set(ids).size === ids.length;

/** What an asker writes. The pictures are uploads of their own. */
export const QuestionWritten = z.strictObject({
  title: text(60),
  body: lines(1_000),
  images: z.array(UploadId).max(QUESTION_IMAGES_MAX).refine(different),
});
export type QuestionWritten = z.infer<typeof QuestionWritten>;

/** What an expert answers: a text, with pictures and a sound of their own. */
export const AnswerWritten = z.strictObject({
  body: lines(5_000),
  images: z.array(UploadId).max(IMAGES_MAX).refine(different),
  audio: UploadId.nullable(),
});
export type AnswerWritten = z.infer<typeof AnswerWritten>;

/** Why an asker does not accept an answer. Staff and the expert read it. */
export const DisputeWords = lines(500);

/** What staff decided about a disputed answer: which share of the money goes back. */
export const Judgement = z.object({
  refundBp: BasisPoints,
  /** How much of its money is back in all once that is done. */
  backFen: Fen,
  by: UserId,
  reason: storedText(Reason),
  atMs: TimeMs,
});
export type Judgement = z.infer<typeof Judgement>;

/** A stored question. Its asker is `userId`. The review machine alone changes what of it is shown. */
export const Question = Reviewed.extend({
  id: QuestionId,
  expertId: UserId,
  productId: ProductId,
  state: QuestionState,
  /** The order that pays for it, or may; null for none. */
  orderId: OrderId.nullable(),
  /** What was paid for it, and how much of that has gone back by our books. */
  paidFen: Fen,
  backFen: Fen,
  /** The expert's share of what is kept, as it was when the question was paid. */
  shareBp: BasisPoints,
  /** The refund that gives its money back; null for none. */
  refundId: z.string().max(32).nullable(),
  returnCause: ReturnCause.nullable(),
  /** When the answer is due. While an answer is checked the clock stands. Null before it is paid. */
  deadlineAtMs: TimeMs.nullable(),
  /** When something happens by itself; null while something else is waited for. */
  nextAtMs: TimeMs.nullable(),
  /** When the expert is to be reminded; null when there is nothing to remind of. */
  remindAtMs: TimeMs.nullable(),
  /** How often an answer did not pass its check. */
  refusals: z.int().min(0),
  /** When the expert first opened it. */
  readAtMs: TimeMs.nullable(),
  paidAtMs: TimeMs.nullable(),
  /** When an answer was first handed in, and when one was first shown to the asker. */
  submittedAtMs: TimeMs.nullable(),
  answeredAtMs: TimeMs.nullable(),
  dispute: z.object({ words: storedText(DisputeWords), atMs: TimeMs }).nullable(),
  judgement: Judgement.nullable(),
  /** What the asker gave the answer, 1 to 5; null for nothing. */
  stars: z.int().min(1).max(5).nullable(),
  settledAtMs: TimeMs.nullable(),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Question = z.infer<typeof Question>;

/** The stored answer to a question, under the question's id. Its author, `userId`, is the expert. */
export const Answer = Reviewed.extend({ id: QuestionId, createdAtMs: TimeMs, updatedAtMs: TimeMs });
export type Answer = z.infer<typeof Answer>;

/** An answer as the two see it. The asker sees nothing before it has passed. */
export const AnswerView = z.object({
  body: z.string(),
  images: z.array(ImageView),
  audioUrl: z.string().nullable(),
  /** Where its check stands; null for the asker, who sees only what has passed. */
  review: OwnReview.nullable(),
});
export type AnswerView = z.infer<typeof AnswerView>;

/** A question in a list. Its text is in the question itself, so that listing is not reading. */
export const QuestionCard = Question.pick({
  id: true,
  expertId: true,
  productId: true,
  state: true,
  orderId: true,
  paidFen: true,
  backFen: true,
  returnCause: true,
  deadlineAtMs: true,
  paidAtMs: true,
  answeredAtMs: true,
  stars: true,
  createdAtMs: true,
}).extend({ title: z.string() });
export type QuestionCard = z.infer<typeof QuestionCard>;

/** One page of questions. */
export const QuestionPage = pageOf(QuestionCard);

/** A question as its asker or its expert sees it. */
export const QuestionView = QuestionCard.extend({
  body: z.string(),
  images: z.array(ImageView),
  /** Whether the caller asked it. */
  isMine: z.boolean(),
  /** Null for somebody who no longer exists. */
  asker: AuthorView.nullable(),
  expert: AuthorView.nullable(),
  /** Where its own check stands; null for the expert. */
  review: OwnReview.nullable(),
  answer: AnswerView.nullable(),
  /** Until when the asker may withdraw it, while the expert has not opened it; null when they may not. */
  withdrawUntilMs: TimeMs.nullable(),
  /** Until when the asker may dispute the answer. After that it is accepted. Null when they may not. */
  disputeUntilMs: TimeMs.nullable(),
  dispute: Question.shape.dispute,
  judgement: z.object({ refundBp: BasisPoints, reason: z.string(), atMs: TimeMs }).nullable(),
});
export type QuestionView = z.infer<typeof QuestionView>;

/** A question as staff see it who judge it. */
export const StaffQuestionView = Question.omit({
  newest: true,
  shown: true,
  isShown: true,
  checkingSinceMs: true,
  review: true,
}).extend({ question: WrittenPreview, answer: WrittenPreview.nullable() });
export type StaffQuestionView = z.infer<typeof StaffQuestionView>;
