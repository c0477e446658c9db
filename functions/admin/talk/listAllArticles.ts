import * as z from 'zod';
import * as articles from '../../../shared/data/talk/articles.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { StaffArticlePage } from '../../../shared/schemas/talk/article.ts';

/** Lists articles in every state, newest first, without their text. */
export const listAllArticles = http(
  {
    route: 'GET /api/admin/articles',
    auth: { may: 'article.manage' },
    input: z.strictObject({ limit: PageSize, cursor: Cursor.optional() }),
    output: StaffArticlePage,
    errors: [],
  },
  async ({ input: { limit = 20, cursor = null }, ports }) => {
    const page = await articles.list(ports.database, { limit, cursor });
    return { items: [...page.items], nextCursor: page.nextCursor };
  },
);
