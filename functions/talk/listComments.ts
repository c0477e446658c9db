import * as z from 'zod';
import * as comments from '../../shared/data/talk/comments.ts';
import { openThread } from '../../shared/flows/talk/openThread.ts';
import { showComments } from '../../shared/flows/talk/showComments.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { CommentPage, CommentSort } from '../../shared/schemas/talk/comment.ts';
import { ThreadId } from '../../shared/schemas/talk/thread.ts';

/**
 * Lists what is said in a thread, newest or most interesting first, with the first replies to each comment.
 *
 * `hot` goes by likes and replies, and by age. While people like and answer, a comment may be on two pages, or on none.
 * A comment that is gone and has replies keeps its place, without its words and its author.
 */
export const listComments = http(
  {
    route: 'GET /api/comments',
    auth: 'optional',
    input: z.strictObject({
      threadId: ThreadId,
      sort: CommentSort.optional(),
      cursor: Cursor.optional(),
      limit: PageSize,
    }),
    output: CommentPage,
    errors: ['feature.off', 'thread.not_found'],
    cost: 'signature',
  },
  async ({ input: { threadId, sort = 'newest', limit = 20, cursor = null }, user, now, ports }) => {
    const userId = user?.id ?? null;
    await openThread(ports, { threadId, userId, use: 'read', now });
    const page = await comments.ofThread(ports.database, threadId, { sort, limit, cursor });
    const items = await showComments({ ports, userId, now }, page.items);
    return { items, nextCursor: page.nextCursor };
  },
);
