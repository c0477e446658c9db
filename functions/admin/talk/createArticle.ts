import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as articles from '../../../shared/data/talk/articles.ts';
import { draftArticle } from '../../../shared/domain/talk/article.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { ArticleDraft, StaffArticleView } from '../../../shared/schemas/talk/article.ts';

/**
 * Creates an article as a draft, which only staff see before `publishArticle`.
 *
 * The client makes its id and keeps it until it has an answer. A repeat with the same id and the same content answers
 * the same article, in whatever state it is by then.
 */
export const createArticle = http(
  {
    route: 'POST /api/admin/articles',
    auth: { may: 'article.manage' },
    input: ArticleDraft,
    output: z.object({ article: StaffArticleView }),
    errors: ['article.id_taken'],
  },
  async ({ input, user, now, ports: { database, secrets }, requestId }) => {
    const draftDigest = secrets.digest('article.draft', JSON.stringify(input));
    const article = await database.tx(async (tx) => {
      const before = await articles.find(tx, input.id);
      if (before?.draftDigest === draftDigest) return before;
      if (before !== null) throw fail('article.id_taken');
      const draft = draftArticle(input, draftDigest, now);
      await articles.insert(tx, draft);
      await audit.append(tx, {
        ...{ id: `article.create:${input.id}`, actorId: user.id, action: 'article.create', target: input.id },
        ...{ reason: null, before: null, after: input, now, requestId },
      });
      return draft;
    });
    return { article };
  },
);
