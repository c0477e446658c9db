import * as z from 'zod';
import * as comments from '../../shared/data/talk/comments.ts';
import * as threadCounts from '../../shared/data/talk/threadCounts.ts';
import * as tasks from '../../shared/data/tasks.ts';
import { doubtsOf } from '../../shared/domain/review/contacts.ts';
import { myCommentView, replyTo, writeComment, writtenBefore } from '../../shared/domain/talk/comment.ts';
import { fail } from '../../shared/errors.ts';
import { isBlockedBy } from '../../shared/flows/review/blocked.ts';
import { mayWrite } from '../../shared/flows/review/mayWrite.ts';
import { submitFacts } from '../../shared/flows/review/submit.ts';
import { learnedOf } from '../../shared/flows/talk/learnedOf.ts';
import { openThread } from '../../shared/flows/talk/openThread.ts';
import { http } from '../../shared/function.ts';
import { CommentId } from '../../shared/schemas/base.ts';
import { CommentAsked, MyCommentView } from '../../shared/schemas/talk/comment.ts';
import { Stars, ThreadId } from '../../shared/schemas/talk/thread.ts';

/**
 * Writes a comment, or a reply to one. Nobody else sees it before it has passed its check.
 *
 * The client makes the id and keeps it until it has an answer: a repeat with the same id answers the comment as it is.
 * Whom its author blocks cannot reply to a comment. Stars are given by owners of the product only, with one comment
 * each, and never with a reply.
 */
export const createComment = http(
  {
    route: 'POST /api/comments',
    auth: 'member',
    input: z.strictObject({
      ...{ id: CommentId, threadId: ThreadId, parentId: CommentId.nullable() },
      ...{ body: CommentAsked, stars: Stars.nullable() },
    }),
    output: z.object({ comment: MyCommentView }),
    errors: [
      ...(['feature.off', 'thread.not_found', 'thread.not_writable', 'comment.id_taken'] as const),
      ...(['comment.not_found', 'stars.not_owner', 'stars.given_before'] as const),
      ...(['consent.required', 'phone.required', 'writing.too_many', 'writing.suspended'] as const),
    ],
  },
  async ({ input, user, now, ports, requestId }) => {
    const { id, threadId, parentId, body, stars } = input;
    const userId = user.id;
    const place = await openThread(ports, { threadId, userId, use: 'write', now });
    if (stars !== null && (place.rates === null || parentId !== null)) throw fail('stars.not_owner');
    const rated =
      stars === null || place.rates === null ? null : { productId: place.rates.id, userId, commentId: id };
    const learnedBp = rated === null ? null : await learnedOf(ports, userId, rated.productId);
    const asked = { ...input, userId, learnedBp };
    const comment = await ports.database.tx(async (tx) => {
      const stored = await comments.find(tx, id);
      if (stored !== null) return writtenBefore(stored, asked);
      if (parentId !== null) {
        const { userId: author } = replyTo(await comments.peek(tx, parentId), threadId);
        if (await isBlockedBy(tx, author, userId)) throw fail('comment.not_found');
      }
      if (rated !== null && (await threadCounts.findRating(tx, rated)) !== null)
        throw fail('stars.given_before');
      const { trust } = await mayWrite(tx, { user, what: 'comment', place, ports, now });
      const doubts = doubtsOf({ title: null, body }, { trust, origins: ports.settings.corsOrigins });
      const written = writeComment(asked, doubts, now);
      await comments.insert(tx, written);
      if (rated !== null) await threadCounts.insertRating(tx, rated, now);
      await tasks.append(tx, submitFacts(`comment:${id}`, written), { now, requestId });
      return written;
    });
    return { comment: myCommentView(comment, now) };
  },
);
