import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as topics from '../../../shared/data/talk/topics.ts';
import { pinned, staffTopicView } from '../../../shared/domain/talk/topic.ts';
import { http } from '../../../shared/function.ts';
import { TopicId } from '../../../shared/schemas/base.ts';
import { StaffTopicView } from '../../../shared/schemas/talk/topic.ts';

/** Pins a topic of any group above the others there, or lets it go. Safe to repeat. */
export const pinAnyTopic = http(
  {
    route: 'PUT /api/admin/topics/{id}/pin',
    auth: { may: 'group.manage' },
    input: z.strictObject({ id: TopicId, isPinned: z.boolean() }),
    output: z.object({ topic: StaffTopicView }),
    errors: ['topic.not_found'],
  },
  async ({ input: { id, isPinned }, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    const topic = await ports.database.tx(async (tx) => {
      const before = await topics.get(tx, id);
      const after = pinned(before, isPinned, now);
      if (after === before) return before;
      await topics.save(tx, before, after);
      await audit.append(tx, {
        ...{ id: auditId, actorId: user.id, action: 'topic.pin', target: id, reason: null },
        ...{ before: { isPinned: before.isPinned }, after: { isPinned }, now, requestId },
      });
      return after;
    });
    return { topic: staffTopicView(topic) };
  },
);
