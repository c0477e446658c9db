import * as z from 'zod';
import * as comments from '../../shared/data/talk/comments.ts';
import { fail } from '../../shared/errors.ts';
import { openThread } from '../../shared/flows/talk/openThread.ts';
import { showReplies } from '../../shared/flows/talk/showComments.ts';
import { http } from '../../shared/function.ts';
import { CommentId, Cursor, PageSize } from '../../shared/schemas/base.ts';
import { RepliesPage } from '../../shared/schemas/talk/comment.ts';
import { ThreadId } from '../../shared/schemas/talk/thread.ts';

/** Lists the replies to a comment, oldest first, with the comment itself. */
export const listReplies = http(
  {
    route: 'GET /api/comments/{id}/replies',
    auth: 'optional',
    input: z.strictObject({ id: CommentId, cursor: Cursor.optional(), limit: PageSize }),
    output: RepliesPage,
    errors: ['feature.off', 'thread.not_found', 'comment.not_found'],
    cost: 'signature',
  },
  async ({ input: { id, limit = 20, cursor = null }, user, now, ports }) => {
    const userId = user?.id ?? null;
    const comment = await comments.get(ports.database, id);
    if (!comment.isListed || comment.parentId !== null) throw fail('comment.not_found');
    const threadId = ThreadId.parse(comment.threadId);
    await openThread(ports, { threadId, userId, use: 'read', now });
    const page = await comments.repliesTo(ports.database, comment, { limit, cursor });
    const shown = await showReplies({ ports, userId, now }, { comment, replies: page.items });
    return { ...shown, nextCursor: page.nextCursor };
  },
);
