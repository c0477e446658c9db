import * as comments from '../../data/talk/comments.ts';
import { type Beside, commentView, replyView } from '../../domain/talk/comment.ts';
import { fail } from '../../errors.ts';
import type { Reader } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import type { Comment, CommentView, ReplyView } from '../../schemas/talk/comment.ts';
import { blockedAmong } from '../review/blocked.ts';
import { likedAmong } from '../review/likedAmong.ts';
import { authorsOf } from './authorsOf.ts';

type Pages = Pick<Reader, 'find' | 'findMany'>;

/** What is shown beside comments, and which of them the user wants to see: not those of people they block. */
async function besides(reader: Pages, some: readonly Comment[], userId: UserId | null) {
  const writers = [...new Set(some.filter(({ isShown }) => isShown).map((each) => each.userId))];
  const [authorOf, liked, blocked] = await Promise.all([
    authorsOf(reader, writers),
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
 * Comments as a user sees them, with the first replies to each; `userId` is null when nobody is logged in. However many
 * comments and replies there are in the thread, a page costs one read of each kind of document.
 */
export async function showComments(
  reader: Pages,
  some: readonly Comment[],
  userId: UserId | null,
): Promise<CommentView[]> {
  const ids = some.flatMap(({ firstReplies }) => firstReplies);
  const found = ids.length === 0 ? [] : await comments.findMany(reader, ids);
  const replies = found.filter(({ isShown }) => isShown);
  const { beside, isWanted } = await besides(reader, [...some, ...replies], userId);
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
  reader: Pages,
  { comment, replies }: { readonly comment: Comment; readonly replies: readonly Comment[] },
  userId: UserId | null,
): Promise<{ readonly comment: CommentView; readonly items: ReplyView[] }> {
  const { beside, isWanted } = await besides(reader, [comment, ...replies], userId);
  if (!isWanted(comment)) throw fail('comment.not_found');
  const items = replies.filter(isWanted).map((reply) => replyView(reply, beside));
  return { comment: commentView(comment, [], beside), items };
}
