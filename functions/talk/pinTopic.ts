import * as z from 'zod';
import * as topics from '../../shared/data/talk/topics.ts';
import { pinned } from '../../shared/domain/talk/topic.ts';
import { fail } from '../../shared/errors.ts';
import { needTopics, topicFor } from '../../shared/flows/talk/topicFor.ts';
import { http } from '../../shared/function.ts';
import { TopicId } from '../../shared/schemas/base.ts';

/** Pins a topic above the others, or lets it go, by who teaches or assists in its group. Safe to repeat. */
export const pinTopic = http(
  {
    route: 'PUT /api/topics/{id}/pin',
    auth: 'member',
    input: z.strictObject({ id: TopicId, isPinned: z.boolean() }),
    output: z.object({ isPinned: z.boolean() }),
    errors: ['feature.off', 'topic.not_found', 'topic.not_yours'],
  },
  async ({ input: { id, isPinned }, user, now, ports }) => {
    needTopics(ports.settings.talk, 'write');
    await ports.database.tx(async (tx) => {
      const of = { topicId: id, userId: user.id, now };
      const { topic: before, isStaffHere } = await topicFor(tx, ports.database, of);
      if (!isStaffHere) throw fail('topic.not_yours');
      await topics.save(tx, before, pinned(before, isPinned, now));
    });
    return { isPinned };
  },
);
