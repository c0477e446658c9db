/** The collection of articles. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { ArticleId } from '../../schemas/base.ts';
import { Article, type ArticleState, TaggedArticle, taggedAs } from '../../schemas/talk/article.ts';
import { all, defineCollection, many, store } from '../collection.ts';

/** Found by id; `byState` lists those that are shown, `newest` all of them, for staff. */
export const collection = defineCollection({
  name: 'articles',
  schema: Article,
  version: 1,
  indexes: { byState: { fields: ['state', 'publishedAtMs'] }, newest: { fields: ['createdAtMs'] } },
});

/** The tags of the published articles. `byTag` lists the articles with one. */
export const tagged = defineCollection({
  name: 'articleTags',
  schema: TaggedArticle,
  version: 1,
  indexes: { byTag: { fields: ['tag', 'publishedAtMs'] } },
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

/**
 * One page of the published articles with a tag, the last published first. @throws request.invalid for another query's
 * cursor
 */
export async function listTagged(
  reader: Pick<Reader, 'list' | 'findMany'>,
  tag: string,
  page: PageAsked,
): Promise<Page<Article>> {
  const found = await reader.list(tagged, { index: 'byTag', where: { tag }, order: 'descending', ...page });
  const ids = found.items.map(({ articleId }) => articleId);
  // One that is withdrawn at this moment has its tags no longer.
  const items = (await many(reader, collection, ids)).filter(({ state }) => state === 'published');
  return { items, nextCursor: found.nextCursor };
}

/** Every article there is, the oldest first. */
export function everyOne(reader: Reader): AsyncGenerator<Article> {
  return all(reader, collection, { index: 'newest', where: {}, order: 'ascending', limit: 100 });
}

/** One page of all articles, newest first. @throws request.invalid for a cursor of another query */
export function list(reader: Pick<Reader, 'list'>, page: PageAsked): Promise<Page<Article>> {
  return reader.list(collection, { index: 'newest', where: {}, order: 'descending', ...page });
}

/** Stores a new article. */
export function insert(tx: Tx, article: Article): Promise<void> {
  return tx.insert(collection, article);
}

/** Stores an article's new state, and the tags by which it is found. */
export async function save(tx: Tx, before: Article, after: Article): Promise<void> {
  await store(tx, collection, before, after);
  const [was, is] = [taggedAs(before), taggedAs(after)];
  const isIn = (tags: readonly TaggedArticle[], { id }: TaggedArticle) => tags.some((each) => each.id === id);
  for (const gone of was.filter((each) => !isIn(is, each)))
    if ((await tx.find(tagged, gone.id)) !== null) await tx.remove(tagged, gone.id);
  for (const added of is.filter((each) => !isIn(was, each))) await addTag(tx, added);
}

/** Those of these tags that are stored. */
export function tagsAmong(
  reader: Pick<Reader, 'findMany'>,
  tags: readonly TaggedArticle[],
): Promise<TaggedArticle[]> {
  return many(
    reader,
    tagged,
    tags.map(({ id }) => id),
  );
}

/** Stores a tag, unless it is there already. */
export async function addTag(tx: Tx, tag: TaggedArticle): Promise<void> {
  if ((await tx.find(tagged, tag.id)) === null) await tx.insert(tagged, tag);
}
