import * as z from 'zod';
import * as comments from '../../shared/data/talk/comments.ts';
import { myCommentView, writtenBefore } from '../../shared/domain/talk/comment.ts';
import { fail } from '../../shared/errors.ts';
import { learnedOf } from '../../shared/flows/talk/learnedOf.ts';
import { openThread } from '../../shared/flows/talk/openThread.ts';
import { submitComment } from '../../shared/flows/talk/submitComment.ts';
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
    const { id, threadId, parentId, stars } = input;
    const userId = user.id;
    const place = await openThread(ports, { threadId, userId, use: 'write', now });
    if (stars !== null && (place.rates === null || parentId !== null)) throw fail('stars.not_owner');
    const rated =
      stars === null || place.rates === null ? null : { productId: place.rates.id, userId, commentId: id };
    const learnedBp = rated === null ? null : await learnedOf(ports, userId, rated.productId);
    const asked = { ...input, userId, learnedBp };
    const at = { place, rated, now, ports, requestId };
    const comment = await ports.database.tx(async (tx) => {
      const stored = await comments.find(tx, id);
      return stored === null ? submitComment(tx, { user, asked }, at) : writtenBefore(stored, asked);
    });
    return { comment: myCommentView(comment, now) };
  },
);
