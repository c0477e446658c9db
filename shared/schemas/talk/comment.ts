/** Comments under lessons, products, articles and topics, and replies to them. */
import * as z from 'zod';
import { ArticleId, CommentId, LessonId, lines, ProductId, TimeMs, TopicId, ULID_PATTERN } from '../base.ts';
import { Reviewed } from '../review/review.ts';

/** The text of a comment as its author writes it. */
export const CommentAsked = lines(1_000);

/** How many replies are shown below a comment before somebody asks for all of them. */
export const FIRST_REPLIES_MAX = 3;

/** A stored comment. */
export const Comment = Reviewed.extend({
  id: CommentId,
  threadId: z.string().max(80),
  /** The comment that it replies to; null for one that stands by itself. Replies have no replies. */
  parentId: CommentId.nullable(),
  /** 1 … 5, for a comment on a product by somebody who owns it, once; null otherwise. */
  stars: z.int().min(1).max(5).nullable(),
  /** How many people like it, counted every few seconds. */
  likes: z.int().min(0),
  /** How many replies of it are public, and the first of them. */
  replies: z.int().min(0),
  firstReplies: z.array(CommentId).max(FIRST_REPLIES_MAX),
  /** The place in the list by interest, as `domain/talk/hot.ts` has it. */
  hot: z.int(),
  /** When it was public for the first time; 0 before. */
  publicAtMs: TimeMs,
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Comment = z.infer<typeof Comment>;

/** Something that can be commented on. */
export const Thread = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('lesson'), id: LessonId }),
  z.strictObject({ kind: z.literal('product'), id: ProductId }),
  z.strictObject({ kind: z.literal('article'), id: ArticleId }),
  z.strictObject({ kind: z.literal('topic'), id: TopicId }),
]);
export type Thread = z.infer<typeof Thread>;

/** The id of a thread of comments: its kind, and the id of what it is about. `lesson:les_…` */
export const ThreadId = z
  .string()
  .regex(new RegExp(`^(?:lesson:les|product:prd|article:art|topic:top)_${ULID_PATTERN}$`))
  .brand<'ThreadId'>();
export type ThreadId = z.infer<typeof ThreadId>;
