/** An article of the shop, with its products and what is said about it. */
import type { GetArticleOutput } from '../../../client/client.ts';
import { type ArticleShown, articleShown } from '../../model/articleView.ts';
import { type Loaded, unread } from '../../model/loaded.ts';
import { talkRoutes } from '../../model/routes.ts';
import { type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly article: Loaded<GetArticleOutput>;
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  readonly article: ArticleShown | null;
}

type Own = Self<Model>;

const idOf = ({ query }: Own) => query.id ?? '';
const load = (self: Own) => self.read('article', () => client.getArticle({ id: idOf(self) }));

const own = page({
  model: (): Model => ({ article: unread }),
  view: ({ article }, nowMs): View => ({
    line: stateLineOf(article),
    article: article.value === null ? null : articleShown(article.value.article, nowMs),
  }),
  load,
  share: (self) => ({
    title: self.model.article.value?.article.title ?? '知课',
    path: talkRoutes.article(idOf(self)),
  }),
  on: {},
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
