import * as z from 'zod';
import * as topics from '../../shared/data/talk/topics.ts';
import { enterGroup } from '../../shared/flows/talk/enterGroup.ts';
import { showTopics } from '../../shared/flows/talk/showTopics.ts';
import { needTopics } from '../../shared/flows/talk/topicFor.ts';
import { http } from '../../shared/function.ts';
import { Cursor, GroupId, PageSize } from '../../shared/schemas/base.ts';
import { TopicKind, TopicPage, TopicSort } from '../../shared/schemas/talk/topic.ts';

/**
 * Lists what a group shows its members: pinned topics first, then those with the newest comment or the most interest.
 *
 * While people write, a topic may be on two pages, or on none.
 */
export const listTopics = http(
  {
    route: 'GET /api/groups/{id}/topics',
    auth: 'member',
    input: z.strictObject({
      id: GroupId,
      kind: TopicKind.optional(),
      sort: TopicSort.optional(),
      cursor: Cursor.optional(),
      limit: PageSize,
    }),
    output: TopicPage,
    errors: ['feature.off', 'group.not_found'],
    cost: 'signature',
  },
  async ({ input, user, now, ports }) => {
    const { id: groupId, kind = null, sort = 'last', limit = 20, cursor = null } = input;
    needTopics(ports.settings.talk, 'read');
    const of = { groupId, userId: user.id, now };
    const { group } = await enterGroup(ports.database, ports.database, of);
    const page = await topics.shownIn(ports.database, { groupId, kind, sort }, { limit, cursor });
    const items = await showTopics(ports, page.items, { group, userId: user.id, now });
    return { items, nextCursor: page.nextCursor };
  },
);
