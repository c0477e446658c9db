/** Comments: writing and editing them, how they are counted, and who sees what of them. */
import { fail } from '../../errors.ts';
import {
  type BasisPoints,
  type CommentId,
  MINUTE_MS,
  type ProductId,
  type TimeMs,
  timeMs,
  type UserId,
} from '../../schemas/base.ts';
import type { Written } from '../../schemas/review/review.ts';
import type { AuthorView } from '../../schemas/talk/author.ts';
import type { Comment, CommentView, MyCommentView, ReplyView } from '../../schemas/talk/comment.ts';
import { type Stars, type ThreadCount, ThreadId } from '../../schemas/talk/thread.ts';
import { submitEdit, submitNew } from '../review/review.ts';
import { hotOf } from './hot.ts';
import { threadOf } from './thread.ts';

/** How long a comment may be edited. */
export const EDIT_MS = 15 * MINUTE_MS;

/** What somebody writes. */
export interface CommentAskedFor {
  readonly id: CommentId;
  readonly userId: UserId;
  readonly threadId: ThreadId;
  readonly parentId: CommentId | null;
  readonly body: string;
  readonly stars: Stars | null;
  readonly learnedBp: BasisPoints | null;
}

const writtenAs = (body: string): Written => ({ title: null, body, images: [], audio: null });

/** A new comment, which waits for its check. `doubts` of our own rules send it to staff. */
export function writeComment(asked: CommentAskedFor, doubts: readonly string[], now: TimeMs): Comment {
  const { id, userId, threadId, parentId, body, stars, learnedBp } = asked;
  const ranked = { likes: 0, replies: 0, publicAtMs: now };
  return {
    ...submitNew(userId, writtenAs(body), doubts, now),
    ...{ id, threadId, parentId, stars, learnedBp: stars === null ? null : learnedBp },
    ...{ likes: 0, replies: 0, firstReplies: [], counted: { isShown: false, stars: null } },
    ...{ hot: hotOf(ranked), ranked },
    ...{ publicAtMs: timeMs(0), isListed: false, isCounted: true, isRanked: true },
    ...{ createdAtMs: now, updatedAtMs: now },
  };
}

/** The comment that this very request wrote before. @throws comment.id_taken when it was another one */
export function writtenBefore(stored: Comment, asked: CommentAskedFor): Comment {
  const isSame =
    stored.userId === asked.userId &&
    stored.threadId === asked.threadId &&
    stored.parentId === asked.parentId;
  if (!isSame) throw fail('comment.id_taken');
  return stored;
}

/**
 * The comment that somebody may reply to.
 * @throws comment.not_found when nobody sees it, when it is in another thread, and when it is a reply itself
 */
export function replyTo(parent: Comment | null, threadId: ThreadId): Comment {
  if (parent?.isShown !== true || parent.threadId !== threadId || parent.parentId !== null)
    throw fail('comment.not_found');
  return parent;
}

/**
 * The comment with other words, or with other stars where it gives some. The same words are no new version, and the
 * same object is returned when nothing is other.
 * @throws comment.not_editable fifteen minutes after it was written, and where it gives no stars; review.not_editable
 */
export function editComment(
  before: Comment,
  asked: { readonly body: string; readonly stars: Stars | null },
  doubts: readonly string[],
  now: TimeMs,
): Comment {
  if (asked.body === before.newest.body && asked.stars === before.stars) return before;
  if (now >= before.createdAtMs + EDIT_MS || (asked.stars === null) !== (before.stars === null))
    throw fail('comment.not_editable');
  const edited =
    asked.body === before.newest.body ? before : submitEdit(before, writtenAs(asked.body), doubts, now);
  return { ...edited, stars: asked.stars, updatedAtMs: now };
}

/** What a comment gives stars to, and whose stars they are; null for a comment without. */
export function ratedBy({ threadId, stars, userId }: Pick<Comment, 'threadId' | 'stars' | 'userId'>): {
  readonly productId: ProductId;
  readonly userId: UserId;
} | null {
  const thread = threadOf(ThreadId.parse(threadId));
  return stars === null || thread.kind !== 'product' ? null : { productId: thread.id, userId };
}

/** What a thread has counted before anything was. */
export function noCount(id: ThreadId, now: TimeMs): ThreadCount {
  return { id, comments: 0, stars: [0, 0, 0, 0, 0], createdAtMs: now, updatedAtMs: now };
}

/** What there is to count of a comment now. */
function countable({ isShown, stars }: Comment): Comment['counted'] {
  return { isShown, stars: isShown ? stars : null };
}

/**
 * Counts a comment as it is now: in its thread, and in the comment that it replies to. Only the difference to what was
 * counted of it before is added, so it may be counted again at any time. The first replies of the parent are for the
 * caller to set.
 */
export function countComment<P extends Pick<Comment, 'replies'> | null>(
  comment: Comment,
  into: { readonly thread: ThreadCount; readonly parent: P },
  now: TimeMs,
): { readonly comment: Comment; readonly thread: ThreadCount; readonly parent: P } {
  const { counted: was } = comment;
  const is = countable(comment);
  const more = Number(is.isShown) - Number(was.isShown);
  const { thread, parent } = into;
  const stars = thread.stars.map(
    (people, index) => people + Number(is.stars === index + 1) - Number(was.stars === index + 1),
  );
  return {
    comment: { ...comment, counted: is, updatedAtMs: now },
    thread: { ...thread, comments: thread.comments + more, stars, updatedAtMs: now },
    parent: parent === null ? parent : { ...parent, replies: parent.replies + more },
  };
}

/** The comment at its place by interest. */
export function rankComment(comment: Comment): Comment {
  const { likes, replies, publicAtMs } = comment;
  return { ...comment, hot: hotOf(comment), ranked: { likes, replies, publicAtMs } };
}

/** What a page knows besides the comments: who reads it, who wrote them, and which of them the reader likes. */
export interface Beside {
  readonly userId: UserId | null;
  readonly authorOf: (id: UserId) => AuthorView | null;
  readonly isLiked: (id: CommentId) => boolean;
}

/** A comment or a reply as others see it. Of one that is not shown only its place is left. */
export function replyView(comment: Comment, { userId, authorOf, isLiked }: Beside): ReplyView {
  const { id, isShown, shown, review, likes, publicAtMs } = comment;
  const gone = { author: null, isMine: false, body: null, isEdited: false, likes: 0, isLiked: false };
  if (!isShown || shown === null) return { id, ...gone, publicAtMs };
  return {
    id,
    author: authorOf(comment.userId),
    isMine: comment.userId === userId,
    body: shown.body,
    isEdited: (review.publicVersion ?? 1) > 1,
    likes,
    isLiked: isLiked(id),
    publicAtMs,
  };
}

/** A comment as others see it, with its first replies. */
export function commentView(comment: Comment, firstReplies: readonly Comment[], beside: Beside): CommentView {
  const { threadId, isShown, stars, learnedBp, replies } = comment;
  return {
    ...replyView(comment, beside),
    threadId: ThreadId.parse(threadId),
    ...(isShown ? { stars, learnedBp } : { stars: null, learnedBp: null }),
    replies,
    firstReplies: firstReplies.map((reply) => replyView(reply, beside)),
  };
}

const FIXED: readonly string[] = ['queued', 'removed', 'deleted'];

/** A comment as its author sees it. */
export function myCommentView(comment: Comment, now: TimeMs): MyCommentView {
  const { id, threadId, parentId, newest, stars, review, isShown, likes, replies, createdAtMs } = comment;
  const { state, version, isHidden } = review;
  const untilMs = timeMs(createdAtMs + EDIT_MS);
  const mayEdit = now < untilMs && !isHidden && !FIXED.includes(state);
  return {
    ...{ id, threadId: ThreadId.parse(threadId), parentId, body: newest.body, stars, state, version },
    ...{ isShown, isHidden, editUntilMs: mayEdit ? untilMs : null, likes, replies, createdAtMs },
  };
}
