import * as z from 'zod';
import * as topics from '../../shared/data/talk/topics.ts';
import { wipe } from '../../shared/domain/review/review.ts';
import { stepReview } from '../../shared/flows/review/stepReview.ts';
import { http } from '../../shared/function.ts';
import { TopicId } from '../../shared/schemas/base.ts';

/**
 * Deletes the caller's own topic for good, also without access to its group, and whatever is switched off.
 *
 * Its words are gone from the store, and nobody sees it or what was said about it any more.
 */
export const removeTopic = http(
  {
    route: 'DELETE /api/topics/{id}',
    auth: 'member',
    input: z.strictObject({ id: TopicId }),
    output: z.object({ id: TopicId }),
    errors: ['topic.not_found'],
  },
  async ({ input: { id }, user, now, ports, requestId }) => {
    await ports.database.tx(async (tx) => {
      await topics.getOwn(tx, user.id, id);
      await stepReview(tx, `topic:${id}`, (own) => wipe(own, now), { now, requestId });
    });
    return { id };
  },
);
