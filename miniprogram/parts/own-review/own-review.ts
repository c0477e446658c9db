/** Where something of one's own stands, and the way to ask staff to look at it again. It asks the backend by itself. */
import type { InputEvent } from '../../../local/phone/platform.ts';
import type { ReviewNote } from '../../model/ownReview.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';

/** What it is given; null where there is nothing to say. */
export interface Props {
  readonly note: ReviewNote | null;
}

/** What it tells: that somebody appealed, so the page should be read again. */
export interface Events {
  readonly appealed: null;
}

/** What the template reads. */
export interface View extends Props {
  readonly isOpen: boolean;
  readonly words: string;
  readonly isSending: boolean;
  /** What is wrong with the appeal; empty for nothing. */
  readonly wrong: string;
}

interface Own {
  readonly data: View;
  setData(patch: Partial<View>): void;
  triggerEvent(name: string, detail?: unknown): void;
}

const methods = {
  /** Opens the sheet for the appeal. */
  open(this: Own) {
    this.setData({ isOpen: true, words: '', wrong: '' });
  },
  /** Closes it. */
  close(this: Own) {
    this.setData({ isOpen: false });
  },
  /** Takes what is typed. */
  type(this: Own, { detail }: InputEvent) {
    this.setData({ words: detail.value, wrong: '' });
  },
  /** Sends the appeal. */
  async send(this: Own) {
    const { note, words, isSending } = this.data;
    if (note === null || isSending || words.trim() === '') return;
    this.setData({ isSending: true, wrong: '' });
    try {
      await client.appealReview({ target: note.target, words: words.trim() });
      this.setData({ isSending: false, isOpen: false });
      await wx.showToast({ title: '已提交申诉', icon: 'success' });
      this.triggerEvent('appealed', null);
    } catch (caught) {
      this.setData({ isSending: false, wrong: failureOf(caught).message });
    }
  },
};

/** What the template may name. */
export type Handlers = typeof methods;

Component<View, Handlers>({
  properties: { note: { type: Object, value: null } },
  data: { isOpen: false, words: '', isSending: false, wrong: '' },
  options: { styleIsolation: 'apply-shared' },
  methods,
});
