/** The articles of the shop, the last published first. */
import type { ArticleCard } from '../../../client/types.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import { type ArticleRow, articleRow, type TagChip, tagChips, tagsAmong } from '../../model/articleView.ts';
import { type Loaded, type Paged, unread } from '../../model/loaded.ts';
import { talkRoutes } from '../../model/routes.ts';
import { moreLineOf, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly articles: Loaded<Paged<ArticleCard>>;
  readonly more: Loaded<null>;
  /** The tag of those that are listed; empty for all. */
  readonly tag: string;
  /** The tags that were seen before one was picked. */
  readonly tags: readonly string[];
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  /** The ways to list fewer; empty where no article has a tag. */
  readonly chips: readonly TagChip[];
  readonly rows: readonly ArticleRow[];
  readonly moreLine: StateLine | null;
}

type Own = Self<Model>;

function load(self: Own): Promise<void> {
  self.set({ more: unread });
  const asked = askedOf(self.model);
  return self.read('articles', () => client.listArticles(asked));
}

const askedOf = ({ tag }: Model) => (tag === '' ? {} : { tag });

const readMore = (self: Own) =>
  self.readNext('articles', 'more', (cursor) => client.listArticles({ ...askedOf(self.model), cursor }));

const own = page({
  model: (): Model => ({ articles: unread, more: unread, tag: '', tags: [] }),
  view: ({ articles, more, tag, tags }, nowMs): View => {
    const items = articles.value?.items ?? [];
    const hasMore = (articles.value?.nextCursor ?? null) !== null;
    return {
      line: stateLineOf(articles, { title: '还没有文章', action: '' }, (value) => value.items.length === 0),
      chips: tagChips(tagsAmong(tags, items), tag),
      rows: items.map((article) => articleRow(article, nowMs)),
      moreLine: items.length === 0 ? null : moreLineOf(more, hasMore, 0),
    };
  },
  load,
  again: load,
  more: readMore,
  on: {
    readMore,
    pick: (self: Own, { currentTarget }: TapEvent<{ readonly id: string }>) => {
      const { articles, tags } = self.model;
      const seen = tagsAmong(tags, articles.value?.items ?? []);
      self.set({ tag: currentTarget.dataset.id, tags: seen, articles: unread });
      return load(self);
    },
    open: (_: Own, { currentTarget }: TapEvent<{ readonly id: string }>) =>
      go(talkRoutes.article(currentTarget.dataset.id)),
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
