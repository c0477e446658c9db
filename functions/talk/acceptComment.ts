import * as z from 'zod';
import * as comments from '../../shared/data/talk/comments.ts';
import * as topics from '../../shared/data/talk/topics.ts';
import { acceptAnswer } from '../../shared/domain/talk/topic.ts';
import { needTopics, topicFor } from '../../shared/flows/talk/topicFor.ts';
import { http } from '../../shared/function.ts';
import { CommentId, TopicId } from '../../shared/schemas/base.ts';

/**
 * Accepts a comment as the answer to what a topic asks, in place of any other, or accepts none. Who asked may do it,
 * and who teaches or assists in the group.
 */
export const acceptComment = http(
  {
    route: 'POST /api/topics/{id}/accept',
    auth: 'member',
    input: z.strictObject({ id: TopicId, commentId: CommentId.nullable() }),
    output: z.object({ acceptedCommentId: CommentId.nullable() }),
    errors: ['feature.off', 'topic.not_found', 'topic.not_ask', 'topic.not_yours', 'comment.not_found'],
  },
  async ({ input: { id, commentId }, user, now, ports }) => {
    needTopics(ports.settings.talk, 'write');
    const { acceptedCommentId } = await ports.database.tx(async (tx) => {
      const of = { topicId: id, userId: user.id, now };
      const { topic: before, isStaffHere } = await topicFor(tx, ports.database, of);
      const comment = commentId === null ? null : await comments.find(tx, commentId);
      const after = acceptAnswer(before, { commentId, comment, userId: user.id, isStaffHere }, now);
      await topics.save(tx, before, after);
      return after;
    });
    return { acceptedCommentId };
  },
);
