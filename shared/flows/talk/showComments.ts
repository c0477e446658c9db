import * as comments from '../../data/talk/comments.ts';
import { type Beside, commentView, replyView } from '../../domain/talk/comment.ts';
import { fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Comment, CommentView, ReplyView } from '../../schemas/talk/comment.ts';
import { blockedAmong } from '../review/blocked.ts';
import { likedAmong } from '../review/likedAmong.ts';
import { authorsOf } from './authorsOf.ts';

/** Who reads, where, and when. */
export interface Reading {
  readonly ports: Pick<Ports, 'database' | 'files'>;
  /** Null when nobody is logged in. */
  readonly userId: UserId | null;
  readonly now: TimeMs;
}

/** What is shown beside comments, and which of them the user wants to see: not those of people they block. */
async function besides({ ports, userId, now }: Reading, some: readonly Comment[]) {
  const reader = ports.database;
  const writers = [...new Set(some.filter(({ isShown }) => isShown).map((each) => each.userId))];
  const [authorOf, liked, blocked] = await Promise.all([
    authorsOf(ports, writers, now),
    likedAmong(
      reader,
      userId,
      some.map(({ id }) => id),
    ),
    blockedAmong(reader, userId, writers),
  ]);
  const beside: Beside = { userId, authorOf, isLiked: (id) => liked.has(id) };
  return { beside, isWanted: (comment: Comment) => !comment.isShown || !blocked.has(comment.userId) };
}

/**
 * Comments as a user sees them, with the first replies to each. However many comments and replies there are in the
 * thread, a page costs one read of each kind of document.
 */
export async function showComments(reading: Reading, some: readonly Comment[]): Promise<CommentView[]> {
  const ids = some.flatMap(({ firstReplies }) => firstReplies);
  const found = ids.length === 0 ? [] : await comments.findMany(reading.ports.database, ids);
  const replies = found.filter(({ isShown }) => isShown);
  const { beside, isWanted } = await besides(reading, [...some, ...replies]);
  return some.filter(isWanted).map((comment) => {
    const own = replies.filter((reply) => reply.parentId === comment.id && isWanted(reply));
    return commentView(comment, own, beside);
  });
}

/**
 * A comment and some of the replies to it, as a user sees them, without its first replies.
 * @throws comment.not_found when the user blocks its author
 */
export async function showReplies(
  reading: Reading,
  { comment, replies }: { readonly comment: Comment; readonly replies: readonly Comment[] },
): Promise<{ readonly comment: CommentView; readonly items: ReplyView[] }> {
  const { beside, isWanted } = await besides(reading, [comment, ...replies]);
  if (!isWanted(comment)) throw fail('comment.not_found');
  const items = replies.filter(isWanted).map((reply) => replyView(reply, beside));
  return { comment: commentView(comment, [], beside), items };
}
