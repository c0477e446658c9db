/** Whom somebody leaves out of what they read, and the way to let them in again. */
import type { BlockView } from '../../../client/types.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import type { Failure } from '../../model/failure.ts';
import { type Loaded, unread } from '../../model/loaded.ts';
import { failureLine, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly blocked: Loaded<readonly BlockView[]>;
  readonly failure: Failure | null;
}

/** Somebody who is left out. */
interface Row {
  readonly id: string;
  readonly name: string;
  readonly initial: string;
  readonly avatarUrl: string;
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  readonly rows: readonly Row[];
  readonly wrong: StateLine | null;
}

type Own = Self<Model>;

const load = (self: Own) => self.read('blocked', async () => (await client.listBlocks({})).items);

function rowOf({ userId, nickname, avatarUrl }: BlockView): Row {
  return { id: userId, name: nickname, initial: [...nickname][0] ?? '', avatarUrl: avatarUrl ?? '' };
}

const own = page({
  model: (): Model => ({ blocked: unread, failure: null }),
  view: ({ blocked, failure }): View => ({
    line: stateLineOf(blocked, { title: '没有屏蔽任何人', action: '' }, (value) => value.length === 0),
    rows: (blocked.value ?? []).map(rowOf),
    wrong: failure === null ? null : failureLine(failure),
  }),
  load,
  again: load,
  on: {
    unblock: async (self: Own, { currentTarget }: TapEvent<{ readonly id: string }>) => {
      try {
        await client.unblockUser({ userId: currentTarget.dataset.id });
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
