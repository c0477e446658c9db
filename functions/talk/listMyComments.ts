import * as z from 'zod';
import * as comments from '../../shared/data/talk/comments.ts';
import { myCommentView } from '../../shared/domain/talk/comment.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize, pageOf } from '../../shared/schemas/base.ts';
import { MyCommentView } from '../../shared/schemas/talk/comment.ts';
import { ThreadId } from '../../shared/schemas/talk/thread.ts';

/**
 * Lists the caller's own comments, newest first, in every state but deleted, everywhere or in one thread.
 *
 * They are shown whatever is switched off, and also where the caller may not read any more. A page may be short.
 */
export const listMyComments = http(
  {
    route: 'GET /api/me/comments',
    auth: 'member',
    input: z.strictObject({ threadId: ThreadId.optional(), cursor: Cursor.optional(), limit: PageSize }),
    output: pageOf(MyCommentView),
    errors: [],
  },
  async ({ input: { threadId = null, limit = 20, cursor = null }, user, now, ports }) => {
    const of = { userId: user.id, threadId };
    const page = await comments.ofUser(ports.database, of, { limit, cursor });
    const left = page.items.filter(({ review }) => review.state !== 'deleted');
    return { items: left.map((comment) => myCommentView(comment, now)), nextCursor: page.nextCursor };
  },
);
