/** Comments under lessons, products, articles and topics, and replies to them. */
import * as z from 'zod';
import { BasisPoints, CommentId, lines, pageOf, TimeMs } from '../base.ts';
import { Review, Reviewed } from '../review/review.ts';
import { AuthorView } from './author.ts';
import { Stars, ThreadId } from './thread.ts';

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
  /** For a comment on a product by somebody who owns it, once; null otherwise. */
  stars: Stars.nullable(),
  /** How much of the course its author had finished when they gave the stars; null where that means nothing. */
  learnedBp: BasisPoints.nullable(),
  /** How many people like it, counted every few seconds. */
  likes: z.int().min(0),
  /** How many replies of it are shown, and the first of them, counted every few seconds. */
  replies: z.int().min(0),
  firstReplies: z.array(CommentId).max(FIRST_REPLIES_MAX),
  /** What of it is counted in its thread and in the comment that it replies to. */
  counted: z.object({ isShown: z.boolean(), stars: Stars.nullable() }),
  /** The place in the list by interest, as `domain/talk/hot.ts` has it, and what it was made from. */
  hot: z.int(),
  ranked: z.object({ likes: z.int().min(0), replies: z.int().min(0), publicAtMs: TimeMs }),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
  // What follows is derived from the rest when it is stored, for indexes.
  /** When it was public for the first time; 0 before. */
  publicAtMs: TimeMs,
  /** Whether lists have it: it is shown, or has replies and stands in its place without its words. */
  isListed: z.boolean(),
  /** Whether `counted` is what there is to count. */
  isCounted: z.boolean(),
  /** Whether `hot` is made from what there is now; also when it is not public yet. */
  isRanked: z.boolean(),
});
export type Comment = z.infer<typeof Comment>;

/** The order of a list of comments. */
export const CommentSort = z.enum(['newest', 'hot']);
export type CommentSort = z.infer<typeof CommentSort>;

/** A comment or a reply as others see it. Without words and author when it is gone and only its replies are left. */
const shown = z.object({
  id: CommentId,
  author: AuthorView.nullable(),
  isMine: z.boolean(),
  body: z.string().nullable(),
  isEdited: z.boolean(),
  likes: z.int().min(0),
  isLiked: z.boolean(),
  publicAtMs: TimeMs,
});

/** A reply as others see it. */
export const ReplyView = shown;
export type ReplyView = z.infer<typeof ReplyView>;

/** A comment as others see it. */
export const CommentView = shown.extend({
  threadId: ThreadId,
  stars: Stars.nullable(),
  learnedBp: BasisPoints.nullable(),
  replies: z.int().min(0),
  firstReplies: z.array(ReplyView).max(FIRST_REPLIES_MAX),
});
export type CommentView = z.infer<typeof CommentView>;

/** One page of comments. It may be short, because what cannot be shown to the caller is left out. */
export const CommentPage = pageOf(CommentView);
export type CommentPage = z.infer<typeof CommentPage>;

/** A comment, and one page of the replies to it. */
export const RepliesPage = pageOf(ReplyView).extend({ comment: CommentView });
export type RepliesPage = z.infer<typeof RepliesPage>;

/** A comment as its author sees it, in any state, with the newest words. */
export const MyCommentView = z.object({
  id: CommentId,
  threadId: ThreadId,
  parentId: CommentId.nullable(),
  body: z.string(),
  stars: Stars.nullable(),
  /** Where the newest version stands, and which one it is. */
  state: Review.shape.state,
  version: Review.shape.version,
  /** Whether others see it, maybe in an older version. */
  isShown: z.boolean(),
  /** Whether flags hide it until staff decide. */
  isHidden: z.boolean(),
  /** Until when its author may edit it; null when they may not. */
  editUntilMs: TimeMs.nullable(),
  likes: z.int().min(0),
  replies: z.int().min(0),
  createdAtMs: TimeMs,
});
export type MyCommentView = z.infer<typeof MyCommentView>;
