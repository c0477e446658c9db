import * as z from 'zod';
import * as topics from '../../shared/data/talk/topics.ts';
import { myTopicView } from '../../shared/domain/talk/topic.ts';
import { imageLinks } from '../../shared/flows/talk/showTopics.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { MyTopicPage } from '../../shared/schemas/talk/topic.ts';

/** Lists what the caller wrote in groups, newest first, in any state and also without access to the group any more. */
export const listMyTopics = http(
  {
    route: 'GET /api/me/topics',
    auth: 'member',
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: MyTopicPage,
    errors: [],
    cost: 'signature',
  },
  async ({ input: { limit = 20, cursor = null }, user, now, ports }) => {
    const page = await topics.ofUser(ports.database, user.id, { limit, cursor });
    const ids = page.items.flatMap(({ newest }) => newest.images);
    const imagesOf = await imageLinks(ports, ids, now);
    const items = page.items.map((topic) => myTopicView(topic, imagesOf, now));
    return { items, nextCursor: page.nextCursor };
  },
);
