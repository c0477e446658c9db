/** Somebody's own topics, in whichever group they wrote them, and where their review stands. */
import type { MyTopicView } from '../../../client/types.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import type { Failure } from '../../model/failure.ts';
import { type MyTopicRow, myTopicRow } from '../../model/groups.ts';
import { type Loaded, type Paged, unread } from '../../model/loaded.ts';
import { talkRoutes } from '../../model/routes.ts';
import { failureLine, moreLineOf, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly mine: Loaded<Paged<MyTopicView>>;
  readonly more: Loaded<null>;
  readonly failure: Failure | null;
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  readonly rows: readonly MyTopicRow[];
  readonly moreLine: StateLine | null;
  readonly wrong: StateLine | null;
}

type Own = Self<Model>;
type RowEvent = TapEvent<{ readonly id: string }>;

const live = (value: Paged<MyTopicView> | null) =>
  (value?.items ?? []).filter(({ state }) => state !== 'deleted');

function load(self: Own): Promise<void> {
  self.set({ more: unread });
  return self.read('mine', () => client.listMyTopics({}));
}

const readMore = (self: Own) => self.readNext('mine', 'more', (cursor) => client.listMyTopics({ cursor }));

const own = page({
  model: (): Model => ({ mine: unread, more: unread, failure: null }),
  view: ({ mine, more, failure }, nowMs): View => {
    const rows = live(mine.value).map((topic) => myTopicRow(topic, nowMs));
    const hasNext = (mine.value?.nextCursor ?? null) !== null;
    return {
      line: stateLineOf(mine, { title: '还没有写过话题', action: '' }, (value) => live(value).length === 0),
      rows,
      moreLine: rows.length === 0 ? null : moreLineOf(more, hasNext, 0),
      wrong: failure === null ? null : failureLine(failure),
    };
  },
  load,
  again: load,
  more: readMore,
  on: {
    readMore,
    open: (_: Own, { currentTarget }: RowEvent) => go(talkRoutes.topic(currentTarget.dataset.id)),
    rewrite: (_: Own, { currentTarget }: RowEvent) => go(talkRoutes.rewrite(currentTarget.dataset.id)),
    toAppeal: (_: Own, { currentTarget }: RowEvent) =>
      go(talkRoutes.appeal(`topic:${currentTarget.dataset.id}`)),
    remove: async (self: Own, { currentTarget }: RowEvent) => {
      const { confirm } = await wx.showModal({ title: '删除这个话题？', confirmText: '删除' });
      if (!confirm) return;
      try {
        await client.removeTopic({ id: currentTarget.dataset.id });
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
