/** Somebody's own comments, wherever they wrote them, and where their review stands. */
import type { MyCommentView } from '../../../client/types.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import { type MyRow, myRowOf } from '../../model/comments.ts';
import type { Failure } from '../../model/failure.ts';
import { type Loaded, type Paged, unread } from '../../model/loaded.ts';
import { talkRoutes } from '../../model/routes.ts';
import { failureLine, moreLineOf, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly mine: Loaded<Paged<MyCommentView>>;
  readonly more: Loaded<null>;
  readonly failure: Failure | null;
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  readonly rows: readonly MyRow[];
  readonly moreLine: StateLine | null;
  readonly wrong: StateLine | null;
}

type Own = Self<Model>;
type RowEvent = TapEvent<{ readonly id: string; readonly thread: string }>;

function load(self: Own): Promise<void> {
  self.set({ more: unread });
  return self.read('mine', () => client.listMyComments({}));
}

const readMore = (self: Own) => self.readNext('mine', 'more', (cursor) => client.listMyComments({ cursor }));

const own = page({
  model: (): Model => ({ mine: unread, more: unread, failure: null }),
  view: ({ mine, more, failure }, nowMs): View => {
    const items = mine.value?.items ?? [];
    return {
      line: stateLineOf(mine, { title: '还没有写过评论', action: '' }, (value) => value.items.length === 0),
      rows: items.map((comment) => myRowOf(comment, nowMs)),
      moreLine: items.length === 0 ? null : moreLineOf(more, (mine.value?.nextCursor ?? null) !== null, 0),
      wrong: failure === null ? null : failureLine(failure),
    };
  },
  load,
  again: load,
  more: readMore,
  on: {
    readMore,
    toTopics: () => go(talkRoutes.myTopics),
    toBlocks: () => go(talkRoutes.blocks),
    open: (_: Own, { currentTarget }: RowEvent) => go(talkRoutes.comments(currentTarget.dataset.thread)),
    toAppeal: (_: Own, { currentTarget }: RowEvent) =>
      go(talkRoutes.appeal(`comment:${currentTarget.dataset.id}`)),
    remove: async (self: Own, { currentTarget }: RowEvent) => {
      const { confirm } = await wx.showModal({ title: '删除这条评论？', confirmText: '删除' });
      if (!confirm) return;
      try {
        await client.removeComment({ id: currentTarget.dataset.id });
        self.set({ failure: null });
        await load(self);
      } catch (caught) {
        self.set({ failure: failureOf(caught) });
      }
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
