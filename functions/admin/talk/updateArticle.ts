import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as articles from '../../../shared/data/talk/articles.ts';
import { rewriteArticle } from '../../../shared/domain/talk/article.ts';
import { forgetArticle } from '../../../shared/flows/talk/shownArticle.ts';
import { http } from '../../../shared/function.ts';
import { ArticleId } from '../../../shared/schemas/base.ts';
import { SeenVersion } from '../../../shared/schemas/pricing/promotion.ts';
import { ArticleWritten, StaffArticleView } from '../../../shared/schemas/talk/article.ts';

/**
 * Replaces what an article says, also of a published one, at once.
 *
 * `expectedVersion` is the version that the caller saw. Repeating the very same change gives the same answer as the
 * first time.
 */
export const updateArticle = http(
  {
    route: 'PUT /api/admin/articles/{id}',
    auth: { may: 'article.manage' },
    input: ArticleWritten.extend({ id: ArticleId, expectedVersion: SeenVersion }),
    output: z.object({ article: StaffArticleView }),
    errors: ['article.not_found', 'article.version_changed'],
  },
  async ({ input: { id, expectedVersion, ...written }, user, now, ports, requestId }) => {
    const article = await ports.database.tx(async (tx) => {
      const before = await articles.get(tx, id);
      const after = rewriteArticle(before, { expectedVersion, written }, now);
      if (after === before) return before;
      await articles.save(tx, before, after);
      await audit.append(tx, {
        ...{ id: `article.update:${id}:${after.version}`, actorId: user.id, action: 'article.update' },
        ...{ target: id, reason: null, before, after, now, requestId },
      });
      return after;
    });
    await forgetArticle(ports, id);
    return { article };
  },
);
