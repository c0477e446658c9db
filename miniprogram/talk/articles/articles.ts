/** The articles of the shop, the last published first. */
import type { ArticleCard } from '../../../client/types.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import { type ArticleRow, articleRow } from '../../model/articleView.ts';
import { type Loaded, type Paged, unread } from '../../model/loaded.ts';
import { talkRoutes } from '../../model/routes.ts';
import { moreLineOf, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly articles: Loaded<Paged<ArticleCard>>;
  readonly more: Loaded<null>;
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  readonly rows: readonly ArticleRow[];
  readonly moreLine: StateLine | null;
}

type Own = Self<Model>;

function load(self: Own): Promise<void> {
  self.set({ more: unread });
  return self.read('articles', () => client.listArticles({}));
}

const readMore = (self: Own) =>
  self.readNext('articles', 'more', (cursor) => client.listArticles({ cursor }));

const own = page({
  model: (): Model => ({ articles: unread, more: unread }),
  view: ({ articles, more }, nowMs): View => {
    const items = articles.value?.items ?? [];
    const hasMore = (articles.value?.nextCursor ?? null) !== null;
    return {
      line: stateLineOf(articles, { title: '还没有文章', action: '' }, (value) => value.items.length === 0),
      rows: items.map((article) => articleRow(article, nowMs)),
      moreLine: items.length === 0 ? null : moreLineOf(more, hasMore, 0),
    };
  },
  load,
  again: load,
  more: readMore,
  on: {
    readMore,
    open: (_: Own, { currentTarget }: TapEvent<{ readonly id: string }>) =>
      go(talkRoutes.article(currentTarget.dataset.id)),
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
