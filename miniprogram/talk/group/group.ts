/** One group: what it is, and what its members write there. */
import type { GroupShown, MyTopicView, TopicKind, TopicView } from '../../../client/types.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import type { Failure } from '../../model/failure.ts';
import { FILTERS, type MyTopicRow, type TopicRow, topicRow, waitingRows } from '../../model/groups.ts';
import { type Loaded, type Paged, unread } from '../../model/loaded.ts';
import { talkRoutes } from '../../model/routes.ts';
import { failureLine, moreLineOf, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly group: Loaded<GroupShown>;
  readonly topics: Loaded<Paged<TopicView>>;
  readonly more: Loaded<null>;
  readonly mine: Loaded<Paged<MyTopicView>>;
  readonly kind: TopicKind | '';
  readonly isBusy: boolean;
  readonly failure: Failure | null;
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  readonly title: string;
  readonly intro: string;
  /** `老师 张老师 · 助教 小李`; empty for nobody. */
  readonly people: string;
  readonly isMember: boolean;
  readonly mayJoin: boolean;
  readonly mayLeave: boolean;
  readonly mute: string;
  readonly isBusy: boolean;
  readonly filters: readonly {
    readonly id: TopicKind | '';
    readonly title: string;
    readonly isOn: boolean;
  }[];
  readonly mine: readonly MyTopicRow[];
  readonly rows: readonly TopicRow[];
  readonly topicsLine: StateLine | null;
  readonly moreLine: StateLine | null;
  readonly wrong: StateLine | null;
}

type Own = Self<Model>;

const groupOf = (self: Own) => self.query.id ?? '';

const ask = (self: Own, cursor?: string) => {
  const { kind } = self.model;
  return client.listTopics({ id: groupOf(self), kind: kind === '' ? undefined : kind, cursor });
};

async function load(self: Own): Promise<void> {
  self.set({ more: unread });
  await self.read('group', async () => (await client.getGroup({ id: groupOf(self) })).group);
  if (self.model.group.value?.isMember !== true) return;
  await Promise.all([
    self.read('topics', () => ask(self)),
    self.read('mine', () => client.listMyTopics({})),
    client.updateGroupNote({ id: groupOf(self), isRead: true }).catch(failureOf),
  ]);
}

const readMore = (self: Own) => self.readNext('topics', 'more', (cursor) => ask(self, cursor));

/** Does something once at a time, and reads the page again. */
async function change(self: Own, act: () => Promise<unknown>): Promise<void> {
  if (self.model.isBusy) return;
  self.set({ isBusy: true, failure: null });
  try {
    await act();
    self.set({ isBusy: false });
    await load(self);
  } catch (caught) {
    self.set({ isBusy: false, failure: failureOf(caught) });
  }
}

function peopleOf({ teachers, assistants }: GroupShown): string {
  const named = (title: string, people: GroupShown['teachers']) =>
    people.length === 0 ? [] : [`${title} ${people.map(({ nickname }) => nickname).join('、')}`];
  return [...named('老师', teachers), ...named('助教', assistants)].join(' · ');
}

const own = page({
  model: (): Model => ({
    ...{ group: unread, topics: unread, more: unread, mine: unread, kind: '', isBusy: false, failure: null },
  }),
  view: ({ group, topics, more, mine, kind, isBusy, failure }, nowMs): View => {
    const known = group.value;
    const isMember = known?.isMember === true;
    const isOpen = known?.kind === 'open';
    const items = isMember ? (topics.value?.items ?? []) : [];
    const hasNext = (topics.value?.nextCursor ?? null) !== null;
    return {
      line: stateLineOf(group),
      title: known?.title ?? '',
      intro: known?.intro ?? '',
      people: known === null ? '' : peopleOf(known),
      isMember,
      mayJoin: isOpen && !isMember,
      mayLeave: isOpen && isMember && !known.isStaffHere,
      mute: known?.isMuted ? '打开提醒' : '消息免打扰',
      isBusy,
      filters: FILTERS.map((one) => ({ ...one, isOn: one.id === kind })),
      mine: isMember ? waitingRows(mine.value?.items ?? [], known.id, nowMs) : [],
      rows: items.map((topic) => topicRow(topic, nowMs)),
      topicsLine: isMember
        ? stateLineOf(
            topics,
            { title: '还没有话题，来写第一个', action: '' },
            (value) => value.items.length === 0 && value.nextCursor === null,
          )
        : null,
      moreLine: isMember && items.length > 0 ? moreLineOf(more, hasNext, items.length) : null,
      wrong: failure === null ? null : failureLine(failure),
    };
  },
  load,
  again: load,
  more: readMore,
  on: {
    readMore,
    pick: (self: Own, { currentTarget }: TapEvent<{ readonly id: TopicKind | '' }>) => {
      self.set({ kind: currentTarget.dataset.id, topics: unread, more: unread });
      return self.read('topics', () => ask(self));
    },
    open: (_: Own, { currentTarget }: TapEvent<{ readonly id: string }>) =>
      go(talkRoutes.topic(currentTarget.dataset.id)),
    rewrite: (_: Own, { currentTarget }: TapEvent<{ readonly id: string }>) =>
      go(talkRoutes.rewrite(currentTarget.dataset.id)),
    toMine: () => go(talkRoutes.myTopics),
    write: (self: Own) => go(talkRoutes.write(groupOf(self))),
    join: (self: Own) => change(self, () => client.joinGroup({ id: groupOf(self) })),
    leave: async (self: Own) => {
      const { confirm } = await wx.showModal({ title: '退出这个小组？', confirmText: '退出' });
      if (confirm) await change(self, () => client.leaveGroup({ id: groupOf(self) }));
    },
    mute: (self: Own) => {
      const isMuted = self.model.group.value?.isMuted !== true;
      return change(self, () => client.updateGroupNote({ id: groupOf(self), isMuted }));
    },
    toAppeal: (_: Own, { currentTarget }: TapEvent<{ readonly id: string }>) =>
      go(talkRoutes.appeal(`topic:${currentTarget.dataset.id}`)),
    remove: async (self: Own, { currentTarget }: TapEvent<{ readonly id: string }>) => {
      const { confirm } = await wx.showModal({ title: '删除这个话题？', confirmText: '删除' });
      if (confirm) await change(self, () => client.removeTopic({ id: currentTarget.dataset.id }));
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
