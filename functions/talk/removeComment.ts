import * as z from 'zod';
import * as comments from '../../shared/data/talk/comments.ts';
import * as threadCounts from '../../shared/data/talk/threadCounts.ts';
import { wipe } from '../../shared/domain/review/review.ts';
import { ratedBy } from '../../shared/domain/talk/comment.ts';
import { stepReview } from '../../shared/flows/review/stepReview.ts';
import { http } from '../../shared/function.ts';
import { CommentId } from '../../shared/schemas/base.ts';

/**
 * Deletes the caller's own comment for good, also where they may not write any more, and whatever is switched off.
 *
 * Its words are gone from the store. Replies to it stay. Stars that it gave no longer count, and may be given again.
 */
export const removeComment = http(
  {
    route: 'DELETE /api/comments/{id}',
    auth: 'member',
    input: z.strictObject({ id: CommentId }),
    output: z.object({ id: CommentId }),
    errors: ['comment.not_found'],
  },
  async ({ input: { id }, user, now, ports, requestId }) => {
    await ports.database.tx(async (tx) => {
      const before = await comments.getOwn(tx, user.id, id);
      const rated = ratedBy(before);
      if (rated !== null && before.review.state !== 'deleted') await threadCounts.removeRating(tx, rated);
      await stepReview(tx, `comment:${id}`, (own) => wipe(own, now), { now, requestId });
    });
    return { id };
  },
);
