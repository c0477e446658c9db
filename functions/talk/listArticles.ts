import * as z from 'zod';
import * as articles from '../../shared/data/talk/articles.ts';
import { articleCard } from '../../shared/domain/talk/article.ts';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { ArticlePage, ArticleTag } from '../../shared/schemas/talk/article.ts';

/**
 * Lists the published articles, or those with a tag, the last published first. The answer may be two seconds old.
 */
export const listArticles = http(
  {
    route: 'GET /api/articles',
    auth: 'public',
    input: z.strictObject({ tag: ArticleTag.optional(), cursor: Cursor.optional(), limit: PageSize }),
    output: ArticlePage,
    errors: ['feature.off'],
    cacheMs: 2_000,
  },
  async ({ input: { tag, cursor = null, limit = 20 }, ports: { database, settings } }) => {
    needFeature(settings.talk, 'articles', 'read');
    const asked = { limit, cursor };
    const page = await (tag === undefined
      ? articles.listPublished(database, asked)
      : articles.listTagged(database, tag, asked));
    return { items: page.items.map(articleCard), nextCursor: page.nextCursor };
  },
);
