/** Where somebody tells the shop what is wrong, and reads what it answered. */
import type { FeedbackKind, FeedbackView } from '../../../client/types.ts';
import { words } from '../../../client/words.ts';
import type { InputEvent, TapEvent } from '../../../local/phone/platform.ts';
import type { Failure } from '../../model/failure.ts';
import { type FeedbackRow, feedbackRow } from '../../model/feedbackView.ts';
import { type Loaded, type Paged, unread } from '../../model/loaded.ts';
import { failureLine, moreLineOf, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { forgetId, idFor } from '../../wx/keptIds.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly mine: Loaded<Paged<FeedbackView>>;
  readonly more: Loaded<null>;
  readonly kind: FeedbackKind;
  readonly body: string;
  /** What more is said about, with how many turns were seen; null while the sheet is closed. */
  readonly reopened: { readonly id: string; readonly seenTurns: number } | null;
  readonly moreWords: string;
  readonly isSaving: boolean;
  readonly failure: Failure | null;
}

/** What the template reads. */
export interface View {
  readonly kinds: readonly { readonly id: FeedbackKind; readonly title: string; readonly isOn: boolean }[];
  readonly body: string;
  readonly isEmpty: boolean;
  readonly isSaving: boolean;
  readonly wrong: StateLine | null;
  readonly line: StateLine | null;
  readonly rows: readonly FeedbackRow[];
  readonly moreLine: StateLine | null;
  readonly isReopening: boolean;
  readonly moreWords: string;
  readonly hasNoWords: boolean;
}

type Own = Self<Model>;
type RowEvent = TapEvent<{ readonly id: string }>;

const KINDS = Object.keys(words.feedbackKind) as FeedbackKind[];

function load(self: Own): Promise<void> {
  self.set({ more: unread });
  return self.read('mine', () => client.listMyFeedback({}));
}

const readMore = (self: Own) => self.readNext('mine', 'more', (cursor) => client.listMyFeedback({ cursor }));

/** Does one thing at a time, and then shows the list as it is. */
async function save(self: Own, job: () => Promise<unknown>): Promise<void> {
  if (self.model.isSaving) return;
  self.set({ isSaving: true, failure: null });
  try {
    await job();
    self.set({ isSaving: false, body: '', reopened: null, moreWords: '' });
    await wx.showToast({ title: '已提交', icon: 'success' });
    await load(self);
  } catch (caught) {
    self.set({ isSaving: false, failure: failureOf(caught) });
  }
}

async function send({ model: { kind, body } }: Own): Promise<void> {
  const about = `feedback:${kind}:${body}`;
  const id = await idFor('fbk', about);
  await client.sendFeedback({ id, kind, words: body, orderId: null, images: [] });
  forgetId(about);
}

function view(
  { mine, more, kind, body, reopened, moreWords, isSaving, failure }: Model,
  nowMs: number,
): View {
  const items = mine.value?.items ?? [];
  return {
    kinds: KINDS.map((id) => ({ id, title: words.feedbackKind[id], isOn: id === kind })),
    ...{ body, isSaving, isEmpty: body.trim() === '' },
    ...{ isReopening: reopened !== null, moreWords, hasNoWords: moreWords.trim() === '' },
    wrong: failure === null ? null : failureLine(failure),
    line: stateLineOf(mine, { title: '还没有提过反馈', action: '' }, (value) => value.items.length === 0),
    rows: items.map((each) => feedbackRow(each, nowMs)),
    moreLine: items.length === 0 ? null : moreLineOf(more, (mine.value?.nextCursor ?? null) !== null, 0),
  };
}

const own = page({
  model: (): Model => ({
    ...{ mine: unread, more: unread, kind: 'bug', body: '' },
    ...{ reopened: null, moreWords: '', isSaving: false, failure: null },
  }),
  view,
  load,
  again: load,
  more: readMore,
  on: {
    readMore,
    pick: (self: Own, { currentTarget }: TapEvent<{ readonly id: FeedbackKind }>) =>
      self.set({ kind: currentTarget.dataset.id, failure: null }),
    type: (self: Own, { detail }: InputEvent) => self.set({ body: detail.value, failure: null }),
    send: async (self: Own) => {
      if (self.model.body.trim() !== '') await save(self, () => send(self));
    },
    reopen: (self: Own, { currentTarget }: RowEvent) => {
      const { id } = currentTarget.dataset;
      const seenTurns = self.model.mine.value?.items.find((each) => each.id === id)?.turns.length ?? 1;
      self.set({ reopened: { id, seenTurns }, moreWords: '', failure: null });
    },
    close: (self: Own) => self.set({ reopened: null }),
    typeMore: (self: Own, { detail }: InputEvent) => self.set({ moreWords: detail.value, failure: null }),
    sendMore: async (self: Own) => {
      const { reopened, moreWords } = self.model;
      if (reopened === null || moreWords.trim() === '') return;
      await save(self, () => client.reopenFeedback({ ...reopened, words: moreWords }));
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
