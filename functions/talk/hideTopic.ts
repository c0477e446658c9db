import * as z from 'zod';
import { hide } from '../../shared/domain/review/review.ts';
import { fail } from '../../shared/errors.ts';
import { stepReview } from '../../shared/flows/review/stepReview.ts';
import { needTopics, topicFor } from '../../shared/flows/talk/topicFor.ts';
import { http } from '../../shared/function.ts';
import { TopicId } from '../../shared/schemas/base.ts';

/**
 * Hides a topic until staff decide, by who teaches or assists in its group. Staff get a case with who it was.
 *
 * What staff have kept cannot be hidden again. Safe to repeat.
 */
export const hideTopic = http(
  {
    route: 'POST /api/topics/{id}/hide',
    auth: 'member',
    input: z.strictObject({ id: TopicId }),
    output: z.object({ id: TopicId }),
    errors: ['feature.off', 'topic.not_found', 'topic.not_yours', 'review.not_waiting'],
  },
  async ({ input: { id }, user, now, ports, requestId }) => {
    needTopics(ports.settings.talk, 'read');
    await ports.database.tx(async (tx) => {
      const of = { topicId: id, userId: user.id, now };
      const { isStaffHere } = await topicFor(tx, ports.database, of);
      if (!isStaffHere) throw fail('topic.not_yours');
      await stepReview(tx, `topic:${id}`, (before) => hide(before, user.id), { now, requestId });
    });
    return { id };
  },
);
