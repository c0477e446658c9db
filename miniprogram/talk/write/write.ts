/** Where somebody writes a topic in a group. */
import type { TopicKind } from '../../../client/types.ts';
import { words } from '../../../client/words.ts';
import type { InputEvent, TapEvent } from '../../../local/phone/platform.ts';
import type { Failure } from '../../model/failure.ts';
import { failureLine, type StateLine } from '../../model/stateLine.ts';
import { writeAgreed } from '../../wx/agrees.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { back } from '../../wx/go.ts';
import { forgetId, idFor } from '../../wx/keptIds.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly kind: TopicKind;
  readonly title: string;
  readonly body: string;
  /** Whether the person teaches or assists there, and so may write digests. */
  readonly isStaffHere: boolean;
  readonly isSaving: boolean;
  readonly failure: Failure | null;
}

/** What the template reads. */
export interface View {
  readonly kinds: readonly { readonly id: TopicKind; readonly title: string; readonly isOn: boolean }[];
  readonly title: string;
  readonly body: string;
  readonly isEmpty: boolean;
  readonly isSaving: boolean;
  readonly wrong: StateLine | null;
}

type Own = Self<Model>;

/** The page where somebody agreed, as it is recorded. */
const PAGE = 'talk/write';

const groupOf = (self: Own) => self.query.group ?? '';

async function write(self: Own): Promise<void> {
  const { kind, title, body } = self.model;
  const about = `topic:${groupOf(self)}:${kind}:${title}:${body}`;
  const id = await idFor('top', about);
  await client.createTopic({ id, groupId: groupOf(self), kind, title, body, images: [] });
  forgetId(about);
}

async function load(self: Own): Promise<void> {
  try {
    const { group } = await client.getGroup({ id: groupOf(self) });
    self.set({ isStaffHere: group.isStaffHere });
  } catch (caught) {
    self.set({ failure: failureOf(caught) });
  }
}

const own = page({
  model: (): Model => ({
    ...{ kind: 'talk', title: '', body: '', isStaffHere: false, isSaving: false, failure: null },
  }),
  view: ({ kind, title, body, isStaffHere, isSaving, failure }): View => {
    const kinds: readonly TopicKind[] = isStaffHere ? ['talk', 'ask', 'digest'] : ['talk', 'ask'];
    return {
      kinds: kinds.map((id) => ({ id, title: words.topicKind[id], isOn: id === kind })),
      ...{ title, body, isSaving, isEmpty: title.trim() === '' || body.trim() === '' },
      wrong: failure === null ? null : failureLine(failure),
    };
  },
  load,
  on: {
    pick: (self: Own, { currentTarget }: TapEvent<{ readonly id: TopicKind }>) =>
      self.set({ kind: currentTarget.dataset.id, failure: null }),
    name: (self: Own, { detail }: InputEvent) => self.set({ title: detail.value, failure: null }),
    type: (self: Own, { detail }: InputEvent) => self.set({ body: detail.value, failure: null }),
    save: async (self: Own) => {
      const { isSaving, title, body } = self.model;
      if (isSaving || title.trim() === '' || body.trim() === '') return;
      self.set({ isSaving: true, failure: null });
      try {
        await writeAgreed(PAGE, () => write(self));
        self.set({ isSaving: false, title: '', body: '' });
        await wx.showToast({ title: '已提交，审核通过后公开', icon: 'none' });
        await back();
      } catch (caught) {
        self.set({ isSaving: false, failure: failureOf(caught) });
      }
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
