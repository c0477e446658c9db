import * as z from 'zod';
import * as comments from '../../shared/data/talk/comments.ts';
import { hide } from '../../shared/domain/review/review.ts';
import { fail } from '../../shared/errors.ts';
import { stepReview } from '../../shared/flows/review/stepReview.ts';
import { openThread } from '../../shared/flows/talk/openThread.ts';
import { http } from '../../shared/function.ts';
import { CommentId } from '../../shared/schemas/base.ts';
import { ThreadId } from '../../shared/schemas/talk/thread.ts';

/**
 * Hides a comment on a topic until staff decide, by who teaches or assists in its group. Staff get a case with who it
 * was.
 *
 * What staff have kept cannot be hidden again. Safe to repeat.
 */
export const hideComment = http(
  {
    route: 'POST /api/comments/{id}/hide',
    auth: 'member',
    input: z.strictObject({ id: CommentId }),
    output: z.object({ id: CommentId }),
    errors: ['feature.off', 'comment.not_found', 'thread.not_found', 'topic.not_yours', 'review.not_waiting'],
  },
  async ({ input: { id }, user, now, ports, requestId }) => {
    const comment = await comments.get(ports.database, id);
    const of = { threadId: ThreadId.parse(comment.threadId), userId: user.id, use: 'read', now } as const;
    const { isStaffHere } = await openThread(ports, of);
    if (!isStaffHere) throw fail('topic.not_yours');
    await ports.database.tx((tx) =>
      stepReview(tx, `comment:${id}`, (before) => hide(before, user.id), { now, requestId }),
    );
    return { id };
  },
);
