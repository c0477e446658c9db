/**
 * What somebody may do about what others wrote: like it, tell the shop that it should not be there, and leave its
 * author out of what they read. It asks the backend by itself, and shows one's own like at once.
 */
import { likeView, reasonSheet } from '../../model/opinion.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';

/** What it is given. `about` is the id of a comment or a topic; `author` is empty where nothing may be done to them. */
export interface Props {
  readonly about: string;
  readonly author: string;
  readonly name: string;
  readonly isLiked: boolean;
  readonly likes: number;
}

/** What it tells: that the author is blocked now, so the page should be read again. */
export interface Events {
  readonly blocked: { readonly author: string };
}

/** What the template reads. */
export interface View extends Props {
  readonly tapped: boolean | null;
  readonly isOn: boolean;
  readonly text: string;
  readonly label: string;
}

interface Own {
  readonly data: View;
  setData(patch: Partial<View>): void;
  triggerEvent(name: string, detail?: unknown): void;
}

function show(own: Own, tapped: boolean | null): void {
  own.setData({ tapped, ...likeView({ ...own.data, tapped }) });
}

async function tell(title: string): Promise<void> {
  await wx.showToast({ title, icon: 'none' });
}

/** The chosen place in a sheet; null when it was closed. */
async function choose(itemList: string[]): Promise<number | null> {
  try {
    return (await wx.showActionSheet({ itemList })).tapIndex;
  } catch {
    return null;
  }
}

async function flag({ about }: Props): Promise<void> {
  for (const isFirst of [true, false]) {
    const { titles, reasons } = reasonSheet(isFirst);
    const chosen = await choose(titles);
    const reason = chosen === null ? undefined : reasons[chosen];
    if (reason === undefined) return;
    if (reason === null) continue;
    const target = `${about.startsWith('top_') ? 'topic' : 'comment'}:${about}`;
    await client.flagContent({ target, reason });
    return tell('已收到举报，我们会尽快核实');
  }
}

async function block(own: Own): Promise<void> {
  const { author, name } = own.data;
  const content = '屏蔽后看不到对方发布的内容，对方也不能回复您。可在「我的评论」里解除。';
  const { confirm } = await wx.showModal({ title: `屏蔽 ${name}？`, content, confirmText: '屏蔽' });
  if (!confirm) return;
  await client.blockUser({ userId: author });
  await tell('已屏蔽');
  own.triggerEvent('blocked', { author });
}

const methods = {
  /** Likes it, or takes that back. Of quick taps the last one counts. */
  async like(this: Own) {
    const before = this.data.isOn;
    const target = this.data.about;
    show(this, !before);
    try {
      await (before ? client.unsetMark({ kind: 'like', target }) : client.setMark({ kind: 'like', target }));
    } catch (caught) {
      show(this, before);
      await tell(failureOf(caught).message);
    }
  },
  /** What may be done about it, and about its author. */
  async menu(this: Own) {
    const chosen = await choose(['举报', '屏蔽作者']);
    try {
      if (chosen === 0) await flag(this.data);
      if (chosen === 1) await block(this);
    } catch (caught) {
      await tell(failureOf(caught).message);
    }
  },
};

/** What the template may name. */
export type Handlers = typeof methods;

Component<View, Handlers>({
  properties: {
    about: { type: String, value: '' },
    author: { type: String, value: '' },
    name: { type: String, value: '' },
    isLiked: { type: Boolean, value: false },
    likes: { type: Number, value: 0 },
  },
  data: { tapped: null, isOn: false, text: '', label: '' },
  observers: {
    'about, isLiked, likes'() {
      show(this, null);
    },
  },
  methods,
});
