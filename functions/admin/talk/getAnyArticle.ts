import * as z from 'zod';
import * as articles from '../../../shared/data/talk/articles.ts';
import { http } from '../../../shared/function.ts';
import { ArticleId } from '../../../shared/schemas/base.ts';
import { StaffArticleView } from '../../../shared/schemas/talk/article.ts';

/** Shows an article in any state to staff. */
export const getAnyArticle = http(
  {
    route: 'GET /api/admin/articles/{id}',
    auth: { may: 'article.manage' },
    input: z.strictObject({ id: ArticleId }),
    output: z.object({ article: StaffArticleView }),
    errors: ['article.not_found'],
  },
  async ({ input: { id }, ports }) => ({ article: await articles.get(ports.database, id) }),
);
