/** Asks for a refund: what would come back, by which rule, who decides; on iOS how to ask Apple. */
import type { RefundQuote } from '../../../client/types.ts';
import type { InputEvent, TapEvent } from '../../../local/phone/platform.ts';
import { unread } from '../../model/loaded.ts';
import { chosenAfter, type RefundModel, type RefundPageView, refundPage } from '../../model/refundPage.ts';
import { wordsProblem } from '../../model/refundView.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { back } from '../../wx/go.ts';
import { forgetId, idFor } from '../../wx/keptIds.ts';
import { page, type Self } from '../../wx/page.ts';

/** What the template reads. */
export type View = RefundPageView;

type Own = Self<RefundModel>;

const orderOf = ({ query }: Own) => query.id ?? '';

async function load(self: Own): Promise<void> {
  const orderId = orderOf(self);
  self.set({ failure: null, chosen: null, part: unread });
  await self.read('whole', async () => (await client.quoteRefund({ orderId })).quote);
}

/** Asks for what the server shows now. A repeat has the same id until it is answered. */
async function ask(self: Own, quote: RefundQuote): Promise<void> {
  const { chosen, words } = self.model;
  const orderId = orderOf(self);
  const about = `refund:${orderId}:${chosen?.join() ?? 'all'}`;
  self.set({ isAsking: true, failure: null });
  try {
    const refundId = await idFor('rfd', about);
    const asked = { orderId, refundId, productIds: chosen, words: words.trim(), shownFen: quote.refundFen };
    await client.requestRefund(asked);
    forgetId(about);
    await wx.showToast({ title: '已提交', icon: 'success' });
    await back();
  } catch (caught) {
    const failure = failureOf(caught);
    if (failure.kind === 'refused') forgetId(about);
    if (failure.code === 'refund.amount_changed') await load(self);
    self.set({ failure });
  } finally {
    self.set({ isAsking: false });
  }
}

const own = page({
  model: (): RefundModel => ({
    ...{ whole: unread, part: unread, chosen: null, words: '', isAsking: false, failure: null },
    ...{ isChecked: false, isTyping: false },
  }),
  view: refundPage,
  load,
  on: {
    async choose(self: Own, { currentTarget }: TapEvent<{ readonly id: string }>) {
      if (self.model.isAsking) return;
      const chosen = chosenAfter(self.model, currentTarget.dataset.id);
      self.set({ chosen, failure: null });
      if (chosen === null) return;
      const asked = { orderId: orderOf(self), productIds: chosen.join() };
      await self.read('part', async () => (await client.quoteRefund(asked)).quote);
    },
    type(self: Own, { detail }: InputEvent) {
      self.set({ words: detail.value });
    },
    say(self: Own, { currentTarget }: TapEvent<{ readonly words: string }>) {
      self.set({ words: currentTarget.dataset.words });
    },
    typing(self: Own) {
      self.set({ isTyping: true });
    },
    typed(self: Own) {
      self.set({ isTyping: false });
    },
    ask(self: Own) {
      const { chosen, whole, part, words, isAsking } = self.model;
      const { value, isLoading } = chosen === null ? whole : part;
      self.set({ isChecked: true });
      if (value === null || isLoading || isAsking || wordsProblem(words) !== '') return undefined;
      return ask(self, value);
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
