import * as z from 'zod';
import * as topics from '../../shared/data/talk/topics.ts';
import { editTopic, myTopicView } from '../../shared/domain/talk/topic.ts';
import { imageLinks } from '../../shared/flows/talk/showTopics.ts';
import { submitTopic } from '../../shared/flows/talk/submitTopic.ts';
import { needTopics, ownTopicFor } from '../../shared/flows/talk/topicFor.ts';
import { http } from '../../shared/function.ts';
import { TopicId } from '../../shared/schemas/base.ts';
import { MyTopicView, TopicWritten } from '../../shared/schemas/talk/topic.ts';

/**
 * Changes the words or the pictures of the caller's own topic, within fifteen minutes of writing it.
 *
 * They are checked again. Until they have passed, others see what they saw before.
 */
export const updateTopic = http(
  {
    route: 'PATCH /api/topics/{id}',
    auth: 'member',
    input: TopicWritten.extend({ id: TopicId }),
    output: z.object({ topic: MyTopicView }),
    errors: [
      ...(['feature.off', 'topic.not_found', 'topic.not_editable', 'review.not_editable'] as const),
      ...(['topic.too_many_images', 'upload.not_found'] as const),
      ...(['consent.required', 'phone.required', 'writing.too_many', 'writing.suspended'] as const),
    ],
    cost: 'signature',
  },
  async ({ input: { id, ...written }, user, now, ports, requestId }) => {
    needTopics(ports.settings.talk, 'write');
    const topic = await ports.database.tx(async (tx) => {
      const of = { topicId: id, userId: user.id, now };
      const { topic: before, isStaffHere } = await ownTopicFor(tx, ports.database, of);
      const write = (doubts: readonly string[]) => editTopic(before, written, doubts, now);
      if (write([]) === before) return before;
      const asked = { user, isStaffHere, before, written, write };
      const after = await submitTopic(tx, asked, { ports, now, requestId });
      await topics.save(tx, before, after);
      return after;
    });
    const imagesOf = await imageLinks(ports, topic.newest.images, now);
    return { topic: myTopicView(topic, imagesOf, now) };
  },
);
