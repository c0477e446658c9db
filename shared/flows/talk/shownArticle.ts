/** Articles as readers see them, through the cache. Another process may show one as it was up to a minute ago. */
import * as articles from '../../data/talk/articles.ts';
import type { Ports } from '../../ports/ports.ts';
import { type ArticleId, MINUTE_MS } from '../../schemas/base.ts';
import type { Article } from '../../schemas/talk/article.ts';

const keyOf = (id: ArticleId) => `article:${id}`;

/** The article, if it is published; null otherwise. */
export async function shownArticle(
  { cache, database }: Pick<Ports, 'cache' | 'database'>,
  id: ArticleId,
): Promise<Article | null> {
  const article = await cache.remember(keyOf(id), MINUTE_MS, () => articles.find(database, id));
  return article?.state === 'published' ? article : null;
}

/** Drops an article from the cache, so that its change is shown at once. */
export function forgetArticle({ cache }: Pick<Ports, 'cache'>, id: ArticleId): Promise<void> {
  return cache.forget(keyOf(id));
}
