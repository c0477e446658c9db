import * as z from 'zod';
import * as comments from '../../shared/data/talk/comments.ts';
import * as tasks from '../../shared/data/tasks.ts';
import { doubtsOf } from '../../shared/domain/review/contacts.ts';
import { editComment, myCommentView } from '../../shared/domain/talk/comment.ts';
import { mayWrite } from '../../shared/flows/review/mayWrite.ts';
import { submitFacts } from '../../shared/flows/review/submit.ts';
import { openThread } from '../../shared/flows/talk/openThread.ts';
import { http } from '../../shared/function.ts';
import { CommentId } from '../../shared/schemas/base.ts';
import { CommentAsked, MyCommentView } from '../../shared/schemas/talk/comment.ts';
import { Stars, ThreadId } from '../../shared/schemas/talk/thread.ts';

/**
 * Changes the words or the stars of the caller's own comment, within fifteen minutes of writing it.
 *
 * Other words are checked again. Until they have passed, others see the words that they saw before.
 */
export const updateComment = http(
  {
    route: 'PATCH /api/comments/{id}',
    auth: 'member',
    input: z.strictObject({ id: CommentId, body: CommentAsked, stars: Stars.nullable() }),
    output: z.object({ comment: MyCommentView }),
    errors: [
      ...(['comment.not_found', 'comment.not_editable', 'review.not_editable'] as const),
      ...(['feature.off', 'thread.not_found', 'thread.not_writable'] as const),
      ...(['consent.required', 'phone.required', 'writing.too_many', 'writing.suspended'] as const),
    ],
  },
  async ({ input: { id, body, stars }, user, now, ports, requestId }) => {
    const { threadId: stored } = await comments.getOwn(ports.database, user.id, id);
    const threadId = ThreadId.parse(stored);
    const place = await openThread(ports, { threadId, userId: user.id, use: 'write', now });
    const comment = await ports.database.tx(async (tx) => {
      const before = await comments.getOwn(tx, user.id, id);
      const trust =
        body === before.newest.body
          ? 0
          : (await mayWrite(tx, { user, what: 'comment', place, edited: before, ports, now })).trust;
      const doubts = doubtsOf({ title: null, body }, { trust, origins: ports.settings.corsOrigins });
      const after = editComment(before, { body, stars }, doubts, now);
      if (after.review.version !== before.review.version)
        await tasks.append(tx, submitFacts(`comment:${id}`, after), { now, requestId });
      await comments.save(tx, before, after);
      return after;
    });
    return { comment: myCommentView(comment, now) };
  },
);
