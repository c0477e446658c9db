import * as z from 'zod';
import * as groups from '../../../shared/data/talk/groups.ts';
import * as topics from '../../../shared/data/talk/topics.ts';
import { staffTopicView } from '../../../shared/domain/talk/topic.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, GroupId, PageSize } from '../../../shared/schemas/base.ts';
import { StaffTopicPage } from '../../../shared/schemas/talk/topic.ts';

/** Lists all topics of a group, newest first, also those that nobody sees yet or any more. */
export const listTopicsOf = http(
  {
    route: 'GET /api/admin/groups/{groupId}/topics',
    auth: { may: 'group.manage' },
    input: z.strictObject({ groupId: GroupId, limit: PageSize, cursor: Cursor.optional() }),
    output: StaffTopicPage,
    errors: ['group.not_found'],
  },
  async ({ input: { groupId, limit = 20, cursor = null }, ports }) => {
    await groups.get(ports.database, groupId);
    const page = await topics.ofGroup(ports.database, groupId, { limit, cursor });
    return { items: page.items.map(staffTopicView), nextCursor: page.nextCursor };
  },
);
