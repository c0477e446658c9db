import * as z from 'zod';
import { fail } from '../../shared/errors.ts';
import { showTopics } from '../../shared/flows/talk/showTopics.ts';
import { needTopics, topicFor } from '../../shared/flows/talk/topicFor.ts';
import { http } from '../../shared/function.ts';
import { TopicId } from '../../shared/schemas/base.ts';
import { TopicView } from '../../shared/schemas/talk/topic.ts';

/** Shows a topic to the members of its group. */
export const getTopic = http(
  {
    route: 'GET /api/topics/{id}',
    auth: 'member',
    input: z.strictObject({ id: TopicId }),
    output: z.object({ topic: TopicView }),
    errors: ['feature.off', 'topic.not_found'],
    cost: 'signature',
  },
  async ({ input: { id }, user, now, ports }) => {
    needTopics(ports.settings.talk, 'read');
    const of = { topicId: id, userId: user.id, now };
    const { topic, group } = await topicFor(ports.database, ports.database, of);
    const [shown] = await showTopics(ports, [topic], { group, userId: user.id, now });
    if (shown === undefined) throw fail('topic.not_found');
    return { topic: shown };
  },
);
