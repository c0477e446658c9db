import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as articles from '../../../shared/data/talk/articles.ts';
import { publishArticle as publish } from '../../../shared/domain/talk/article.ts';
import { forgetArticle } from '../../../shared/flows/talk/shownArticle.ts';
import { http } from '../../../shared/function.ts';
import { ArticleId } from '../../../shared/schemas/base.ts';
import { SeenVersion } from '../../../shared/schemas/pricing/promotion.ts';
import { StaffArticleView } from '../../../shared/schemas/talk/article.ts';

/** Shows an article to everybody, also one that was withdrawn. It keeps the time of its first publication. */
export const publishArticle = http(
  {
    route: 'POST /api/admin/articles/{id}/publish',
    auth: { may: 'article.manage' },
    input: z.strictObject({ id: ArticleId, expectedVersion: SeenVersion }),
    output: z.object({ article: StaffArticleView }),
    errors: ['article.not_found', 'article.not_publishable', 'article.version_changed'],
  },
  async ({ input: { id, expectedVersion }, user, now, ports, requestId }) => {
    const article = await ports.database.tx(async (tx) => {
      const before = await articles.get(tx, id);
      const after = publish(before, expectedVersion, now);
      if (after === before) return before;
      await articles.save(tx, before, after);
      await audit.append(tx, {
        ...{ id: `article.publish:${id}:${after.version}`, actorId: user.id, action: 'article.publish' },
        ...{ target: id, reason: null, before, after, now, requestId },
      });
      return after;
    });
    await forgetArticle(ports, id);
    return { article };
  },
);
