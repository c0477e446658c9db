import * as z from 'zod';
import * as topics from '../../shared/data/talk/topics.ts';
import { isStaffOf } from '../../shared/domain/talk/group.ts';
import { myTopicView, refuseDigest, topicBefore, writeTopic } from '../../shared/domain/talk/topic.ts';
import { enterGroup } from '../../shared/flows/talk/enterGroup.ts';
import { imageLinks } from '../../shared/flows/talk/showTopics.ts';
import { submitTopic } from '../../shared/flows/talk/submitTopic.ts';
import { needTopics } from '../../shared/flows/talk/topicFor.ts';
import { http } from '../../shared/function.ts';
import { GroupId, TopicId } from '../../shared/schemas/base.ts';
import { MyTopicView, TopicKind, TopicWritten } from '../../shared/schemas/talk/topic.ts';

/**
 * Writes a topic in a group that the caller is a member of. Nobody else sees it before it has passed its check.
 *
 * The client makes the id and keeps it until it has an answer: a repeat with the same id answers the topic as it is.
 * Only who teaches or assists in the group writes a digest. The pictures are the caller's own uploads.
 */
export const createTopic = http(
  {
    route: 'POST /api/topics',
    auth: 'member',
    input: TopicWritten.extend({ id: TopicId, groupId: GroupId, kind: TopicKind }),
    output: z.object({ topic: MyTopicView }),
    errors: [
      ...(['feature.off', 'group.not_found', 'topic.id_taken', 'topic.not_yours'] as const),
      ...(['topic.too_many_images', 'upload.not_found'] as const),
      ...(['consent.required', 'phone.required', 'writing.too_many', 'writing.suspended'] as const),
    ],
    cost: 'signature',
  },
  async ({ input, user, now, ports, requestId }) => {
    needTopics(ports.settings.talk, 'write');
    const asked = { ...input, userId: user.id };
    const topic = await ports.database.tx(async (tx) => {
      const stored = await topics.find(tx, input.id);
      if (stored !== null) return topicBefore(stored, asked);
      const of = { groupId: input.groupId, userId: user.id, now };
      const { group } = await enterGroup(tx, ports.database, of);
      const isStaffHere = isStaffOf(group, user.id);
      refuseDigest(input.kind, isStaffHere);
      const write = (doubts: readonly string[]) => writeTopic(asked, doubts, now);
      const written = await submitTopic(
        tx,
        { user, isStaffHere, before: null, written: input, write },
        {
          ...{ ports, now, requestId },
        },
      );
      await topics.insert(tx, written);
      return written;
    });
    const imagesOf = await imageLinks(ports, topic.newest.images, now);
    return { topic: myTopicView(topic, imagesOf, now) };
  },
);
