import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as articles from '../../../shared/data/talk/articles.ts';
import { withdrawArticle as withdraw } from '../../../shared/domain/talk/article.ts';
import { forgetArticle } from '../../../shared/flows/talk/shownArticle.ts';
import { http } from '../../../shared/function.ts';
import { ArticleId } from '../../../shared/schemas/base.ts';
import { StaffArticleView } from '../../../shared/schemas/talk/article.ts';

/** Takes an article away from its readers. Safe to repeat. */
export const withdrawArticle = http(
  {
    route: 'POST /api/admin/articles/{id}/withdraw',
    auth: { may: 'article.manage' },
    input: z.strictObject({ id: ArticleId }),
    output: z.object({ article: StaffArticleView }),
    errors: ['article.not_found'],
  },
  async ({ input: { id }, user, now, ports, requestId }) => {
    const article = await ports.database.tx(async (tx) => {
      const before = await articles.get(tx, id);
      const after = withdraw(before, now);
      if (after === before) return before;
      await articles.save(tx, before, after);
      await audit.append(tx, {
        ...{ id: `article.withdraw:${id}:${after.version}`, actorId: user.id, action: 'article.withdraw' },
        ...{ target: id, reason: null, before, after, now, requestId },
      });
      return after;
    });
    await forgetArticle(ports, id);
    return { article };
  },
);
