/** The collection of articles. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { ArticleId } from '../../schemas/base.ts';
import { Article, type ArticleState } from '../../schemas/talk/article.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by id; `byState` lists those that are shown, `newest` all of them, for staff. */
export const collection = defineCollection({
  name: 'articles',
  schema: Article,
  version: 1,
  indexes: { byState: { fields: ['state', 'publishedAtMs'] }, newest: { fields: ['createdAtMs'] } },
});

/** The article in any state, or null. */
export function find(reader: Pick<Reader, 'find'>, id: ArticleId): Promise<Article | null> {
  return reader.find(collection, id);
}

/** The article in any state. @throws article.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: ArticleId): Promise<Article> {
  const article = await find(reader, id);
  if (article === null) throw fail('article.not_found');
  return article;
}

interface PageAsked {
  readonly limit: number;
  readonly cursor: string | null;
}

/** One page of the published articles, the last published first. @throws request.invalid for another query's cursor */
export function listPublished(reader: Pick<Reader, 'list'>, page: PageAsked): Promise<Page<Article>> {
  const where = { state: 'published' } as const satisfies { readonly state: ArticleState };
  return reader.list(collection, { index: 'byState', where, order: 'descending', ...page });
}

/** One page of all articles, newest first. @throws request.invalid for a cursor of another query */
export function list(reader: Pick<Reader, 'list'>, page: PageAsked): Promise<Page<Article>> {
  return reader.list(collection, { index: 'newest', where: {}, order: 'descending', ...page });
}

/** Stores a new article. */
export function insert(tx: Tx, article: Article): Promise<void> {
  return tx.insert(collection, article);
}

/** Stores an article's new state. */
export function save(tx: Tx, before: Article, after: Article): Promise<void> {
  return store(tx, collection, before, after);
}
