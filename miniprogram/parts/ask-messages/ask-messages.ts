/**
 * Asks for WeChat's messages, in the tap: what fits the place, at most three at a time. Nothing is shown without any.
 */
import type { AskingPlace, Subscribable } from '../../../client/types.ts';
import { client } from '../../wx/client.ts';
import { session } from '../../wx/session.ts';

/** What it is given: where it stands. */
export interface Props {
  readonly place: AskingPlace;
}

/** What the template reads. */
export interface View extends Props {
  /** The ids of the templates that are asked for; empty until they are known, and for none. */
  readonly ids: readonly string[];
  readonly isDone: boolean;
  readonly words: string;
}

interface Own {
  readonly data: View;
  found?: Subscribable | null;
  setData(patch: object): void;
}

const ASKS = '有结果时用微信通知我';

async function look(own: Own): Promise<void> {
  if (session() === null) return;
  // Without an answer nothing is offered.
  const found = await client.listSubscribable({ place: own.data.place }).catch(() => null);
  own.found = found;
  own.setData({
    ids: (found?.templates ?? []).map(({ templateId }) => templateId),
    isDone: false,
    words: ASKS,
  });
}

/** The phone's own word, for shops that WeChat does not tell. */
async function report({ templates, needsReport }: Subscribable, answers: Readonly<Record<string, string>>) {
  const accepted = templates.flatMap(({ kind, templateId }) =>
    answers[templateId] === 'accept' ? kind : [],
  );
  if (needsReport && accepted.length > 0)
    await client.reportSubscriptions({ accepted, atMs: Date.now() }).catch(() => undefined);
  return accepted.length;
}

const methods = {
  /** Asks. WeChat opens its dialogue only in the tap itself, so nothing comes before it. */
  async ask(this: Own) {
    const { found } = this;
    if (found == null) return;
    try {
      const answers = await wx.requestSubscribeMessage({ tmplIds: [...this.data.ids] });
      const accepted = await report(found, answers);
      this.setData({ isDone: accepted > 0, words: accepted > 0 ? '已允许，每次允许可收到一条' : ASKS });
    } catch {
      this.setData({ words: '未能打开授权，请稍后再试' });
    }
  },
};

/** What the template may name. */
export type Handlers = typeof methods;

Component<View, Handlers>({
  properties: { place: { type: String, value: 'settings' } },
  data: { ids: [], isDone: false, words: ASKS },
  options: { styleIsolation: 'apply-shared' },
  lifetimes: {
    attached() {
      void look(this);
    },
  },
  methods,
});
