/** One topic, with its pictures and what is said about it. */
import type { CommentPage, TopicView } from '../../../client/types.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import type { Failure } from '../../model/failure.ts';
import { type AnswerRow, answerRows, type TopicRow, topicRow } from '../../model/groups.ts';
import { type Loaded, unread } from '../../model/loaded.ts';
import { talkRoutes } from '../../model/routes.ts';
import { failureLine, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { back, go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly topic: Loaded<TopicView>;
  readonly said: Loaded<CommentPage>;
  readonly isBusy: boolean;
  readonly failure: Failure | null;
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  /** One or none. */
  readonly topics: readonly TopicRow[];
  readonly answers: readonly AnswerRow[];
  readonly isMine: boolean;
  readonly mayTend: boolean;
  readonly pin: string;
  readonly wrong: StateLine | null;
}

type Own = Self<Model>;
type RowEvent = TapEvent<{ readonly id: string }>;

const idOf = (self: Own) => self.query.id ?? '';

async function load(self: Own): Promise<void> {
  await Promise.all([
    self.read('topic', async () => (await client.getTopic({ id: idOf(self) })).topic),
    self.read('said', () => client.listComments({ threadId: `topic:${idOf(self)}`, sort: 'hot' })),
  ]);
}

/** Does something once at a time; whether it was done. */
async function act(self: Own, does: () => Promise<unknown>): Promise<boolean> {
  if (self.model.isBusy) return false;
  self.set({ isBusy: true, failure: null });
  try {
    await does();
    self.set({ isBusy: false });
    return true;
  } catch (caught) {
    self.set({ isBusy: false, failure: failureOf(caught) });
    return false;
  }
}

async function asks(title: string, confirmText: string): Promise<boolean> {
  return (await wx.showModal({ title, confirmText })).confirm;
}

const own = page({
  model: (): Model => ({ topic: unread, said: unread, isBusy: false, failure: null }),
  view: ({ topic, said, failure }, nowMs): View => {
    const known = topic.value;
    return {
      line: stateLineOf(topic),
      topics: known === null ? [] : [topicRow(known, nowMs)],
      answers: known === null ? [] : answerRows(known, said.value?.items ?? [], nowMs),
      isMine: known?.isMine === true,
      mayTend: known?.mayTend === true,
      pin: known?.isPinned ? '取消置顶' : '置顶',
      wrong: failure === null ? null : failureLine(failure),
    };
  },
  load,
  again: load,
  on: {
    leave: () => back(),
    toComments: (self: Own) => go(talkRoutes.comments(`topic:${idOf(self)}`)),
    look: (self: Own, { currentTarget }: TapEvent<{ readonly url: string }>) => {
      const urls = self.model.topic.value?.images.map(({ url }) => url) ?? [];
      return wx.previewImage({ current: currentTarget.dataset.url, urls });
    },
    accept: async (self: Own, { currentTarget }: RowEvent) => {
      const { id } = currentTarget.dataset;
      const commentId = self.model.topic.value?.acceptedCommentId === id ? null : id;
      if (await act(self, () => client.acceptComment({ id: idOf(self), commentId }))) await load(self);
    },
    pin: async (self: Own) => {
      const isPinned = self.model.topic.value?.isPinned !== true;
      if (await act(self, () => client.pinTopic({ id: idOf(self), isPinned }))) await load(self);
    },
    hide: async (self: Own) => {
      if (!(await asks('隐藏这个话题？运营人员会复核。', '隐藏'))) return;
      if (await act(self, () => client.hideTopic({ id: idOf(self) }))) await back();
    },
    hideComment: async (self: Own, { currentTarget }: RowEvent) => {
      if (!(await asks('隐藏这条评论？运营人员会复核。', '隐藏'))) return;
      if (await act(self, () => client.hideComment({ id: currentTarget.dataset.id }))) await load(self);
    },
    remove: async (self: Own) => {
      if (!(await asks('删除这个话题？', '删除'))) return;
      if (await act(self, () => client.removeTopic({ id: idOf(self) }))) await back();
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
