/** The payment of one order: it can be paid, cancelled, or ordered anew, and says how it stands. */
import type { OrderView } from '../../../client/types.ts';
import { type Buying, becauseOf, readyToBuy } from '../../model/buying.ts';
import type { Failure } from '../../model/failure.ts';
import { type Loaded, unread } from '../../model/loaded.ts';
import { isPayable } from '../../model/orderView.ts';
import { type PayView, payView } from '../../model/payView.ts';
import { buyRoutes } from '../../model/routes.ts';
import { failureLine, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { Buyer } from '../../wx/buy.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly order: Loaded<OrderView>;
  readonly buying: Buying;
  readonly buyer: Buyer | null;
  readonly isCancelling: boolean;
  readonly failure: Failure | null;
}

/** What the template reads. */
export interface View {
  readonly state: StateLine | null;
  readonly pay: PayView | null;
  readonly titles: readonly string[];
  /** When the order ends; 0 when no time is left or none is needed. */
  readonly untilAtMs: number;
  readonly isCancelling: boolean;
  readonly failure: StateLine | null;
}

type Own = Self<Model>;

function view({ order, buying, isCancelling, failure }: Model, nowMs: number): View {
  const pay = payView(buying, nowMs);
  const known = 'order' in buying ? buying.order : null;
  const wrong = failure ?? pay?.failure ?? null;
  return {
    state: pay === null ? stateLineOf(order) : null,
    pay,
    titles: known === null ? [] : known.lines.map(({ title }) => title),
    untilAtMs: known !== null && pay?.mayCancel && isPayable(known, nowMs) ? known.expiresAtMs : 0,
    isCancelling,
    failure: wrong === null ? null : failureLine(wrong),
  };
}

function moved(self: Own, buying: Buying): void {
  self.set({ buying });
  if (buying.at === 'paid' && !self.isGone) void wx.redirectTo({ url: buyRoutes.order(buying.order.id) });
}

async function load(self: Own): Promise<void> {
  const { id: orderId = '', because } = self.query;
  await self.read('order', async () => {
    const { order } = await client.getOrder({ orderId });
    if (because === 'lapsed' && order.state === 'pending') self.set({ buying: { at: 'lapsed', order } });
    else self.model.buyer?.startWithOrder(order, becauseOf(because));
    return order;
  });
}

/** Gives back what the order holds. Whether it was paid meanwhile is in the answer. */
async function cancel(self: Own, orderId: string): Promise<OrderView | null> {
  if (self.model.isCancelling) return null;
  self.set({ isCancelling: true, failure: null });
  try {
    const { order } = await client.cancelOrder({ orderId });
    return order;
  } catch (caught) {
    self.set({ failure: failureOf(caught) });
    return null;
  } finally {
    self.set({ isCancelling: false });
  }
}

/** The same products in a new order. One that WeChat closed is cancelled first, so that its coupon is free again. */
async function orderAgain(self: Own): Promise<void> {
  const { buying } = self.model;
  if (!('order' in buying)) return;
  const { id, lines, state } = buying.order;
  if (state !== 'closed' && (await cancel(self, id)) === null) return;
  const [first] = lines;
  const ids = lines.map(({ productId }) => productId);
  await wx.redirectTo({ url: buyRoutes.checkout(ids, first?.gifts ?? 0) });
}

const own = page({
  model: (): Model => ({
    ...{ order: unread, buying: readyToBuy(null), buyer: null, isCancelling: false, failure: null },
  }),
  view,
  open(self: Own) {
    self.set({ buyer: new Buyer((buying) => moved(self, buying)) });
  },
  load,
  seen: ({ model }) => model.buyer?.shown(),
  left: ({ model, isGone }) => (isGone ? model.buyer?.left() : undefined),
  on: {
    act(self: Own) {
      const { buying, buyer } = self.model;
      switch (payView(buying, Date.now())?.main?.act) {
        case 'pay':
          self.set({ failure: null });
          return buyer?.tap(null);
        case 'look':
          return buyer?.shown();
        case 'again':
          return orderAgain(self);
        case 'order':
          return 'order' in buying ? wx.redirectTo({ url: buyRoutes.order(buying.order.id) }) : undefined;
        default:
          return undefined;
      }
    },
    async cancel(self: Own) {
      const { buying, buyer } = self.model;
      if (!('order' in buying)) return;
      const sure = { title: '取消这个订单？', content: '优惠券和积分会退回。' };
      const { confirm } = await wx.showModal({ ...sure, confirmText: '取消订单', cancelText: '先不取消' });
      if (!confirm) return;
      const order = await cancel(self, buying.order.id);
      if (order !== null) buyer?.startWithOrder(order, 'pending');
    },
    /** The time is over. */
    ended: ({ model }: Own) => model.buyer?.shown(),
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
