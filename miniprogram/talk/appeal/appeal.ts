/** Where something stands that somebody wrote: what was decided and why, and their appeal. */
import type { OwnWritten } from '../../../client/types.ts';
import type { InputEvent } from '../../../local/phone/platform.ts';
import { type AppealShown, appealShown } from '../../model/appeal.ts';
import type { Failure } from '../../model/failure.ts';
import { type Loaded, ready, unread } from '../../model/loaded.ts';
import { failureLine, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly written: Loaded<OwnWritten>;
  readonly words: string;
  readonly isSending: boolean;
  readonly failure: Failure | null;
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  readonly shown: AppealShown | null;
  readonly words: string;
  readonly isEmpty: boolean;
  readonly isSending: boolean;
  readonly wrong: StateLine | null;
}

type Own = Self<Model>;

const targetOf = (self: Own) => decodeURIComponent(self.query.target ?? '');

const load = (self: Own) =>
  self.read('written', async () => (await client.getReview({ target: targetOf(self) })).written);

const own = page({
  model: (): Model => ({ written: unread, words: '', isSending: false, failure: null }),
  view: ({ written, words, isSending, failure }, nowMs): View => ({
    line: stateLineOf(written),
    shown: written.value === null ? null : appealShown(written.value, nowMs),
    ...{ words, isSending, isEmpty: words.trim() === '' },
    wrong: failure === null ? null : failureLine(failure),
  }),
  load,
  again: load,
  on: {
    type: (self: Own, { detail }: InputEvent) => self.set({ words: detail.value, failure: null }),
    send: async (self: Own) => {
      const { isSending, words, written } = self.model;
      if (isSending || words.trim() === '' || written.value === null) return;
      self.set({ isSending: true, failure: null });
      try {
        const { review } = await client.appealReview({ target: targetOf(self), words });
        self.set({ isSending: false, words: '', written: ready({ ...written.value, review }) });
      } catch (caught) {
        const failure = failureOf(caught);
        if (failure.kind === 'refused') await load(self);
        self.set({ isSending: false, failure });
      }
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
