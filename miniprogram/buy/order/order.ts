/** One order: what was bought, what it cost and why, how it stands, and what can be done with it. */
import type { OrderView, RefundView } from '../../../client/types.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import type { Failure } from '../../model/failure.ts';
import { type Loaded, ready, unread } from '../../model/loaded.ts';
import { type OrderAct, type OrderPageView, orderPage } from '../../model/orderView.ts';
import { type RefundCardView, refundCard } from '../../model/refundView.ts';
import { buyRoutes, routes, wayToStudy } from '../../model/routes.ts';
import { failureLine, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly order: Loaded<OrderView>;
  readonly refunds: Loaded<readonly RefundView[]>;
  readonly busy: OrderAct | '';
  readonly failure: Failure | null;
}

/** What the template reads. */
export interface View {
  readonly state: StateLine | null;
  readonly order: OrderPageView | null;
  readonly refunds: readonly RefundCardView[];
  readonly refundsState: StateLine | null;
  readonly busy: string;
  readonly failure: StateLine | null;
}

type Own = Self<Model>;

function view({ order, refunds, busy, failure }: Model, nowMs: number): View {
  return {
    state: stateLineOf(order),
    order: order.value === null ? null : orderPage(order.value, nowMs),
    refunds: (refunds.value ?? []).map((refund) => refundCard(refund, nowMs)),
    refundsState: refunds.failure === null ? null : failureLine(refunds.failure),
    busy,
    failure: failure === null ? null : failureLine(failure),
  };
}

async function load(self: Own): Promise<void> {
  const { id: orderId = '' } = self.query;
  self.set({ failure: null });
  await self.read('order', async () => (await client.getOrder({ orderId })).order);
  if (self.model.order.value?.state !== 'paid') return;
  await self.read('refunds', async () => (await client.listRefunds({ orderId })).refunds);
}

async function cancel(self: Own, orderId: string): Promise<void> {
  const sure = { title: '取消这个订单？', content: '优惠券和积分会退回。' };
  const { confirm } = await wx.showModal({ ...sure, confirmText: '取消订单', cancelText: '先不取消' });
  if (!confirm) return;
  self.set({ busy: 'cancel', failure: null });
  try {
    const { order } = await client.cancelOrder({ orderId });
    self.set({ order: ready(order), busy: '' });
  } catch (caught) {
    self.set({ busy: '', failure: failureOf(caught) });
  }
}

function learn({ lines, revoked }: OrderView): Promise<void> {
  const open = lines.filter(({ productId, gifts }) => gifts === 0 && !revoked.includes(productId));
  const [only] = open;
  return go(only === undefined || open.length > 1 ? routes.learn : wayToStudy(only.productId, only.kind));
}

function act(self: Own, what: OrderAct, order: OrderView): unknown {
  const { id, lines } = order;
  switch (what) {
    case 'pay':
      return go(buyRoutes.pay(id));
    case 'cancel':
      return cancel(self, id);
    case 'look':
      return load(self);
    case 'again':
      return go(
        buyRoutes.checkout(
          lines.map(({ productId }) => productId),
          lines[0]?.gifts ?? 0,
        ),
      );
    case 'learn':
      return learn(order);
    case 'gift':
      return go(buyRoutes.gift);
    case 'refund':
    case 'apple':
      return go(buyRoutes.refund(id));
  }
}

const own = page({
  model: (): Model => ({ order: unread, refunds: unread, busy: '', failure: null }),
  view,
  load,
  again: load,
  on: {
    act(self: Own, { currentTarget }: TapEvent<{ readonly act: OrderAct }>) {
      const { order, busy } = self.model;
      if (order.value !== null && busy === '') return act(self, currentTarget.dataset.act, order.value);
      return undefined;
    },
    open(_self: Own, { currentTarget }: TapEvent<{ readonly id: string }>) {
      return go(routes.detail(currentTarget.dataset.id));
    },
    async copy({ model }: Own) {
      const { value } = model.order;
      // Who refuses the clipboard can still read the number.
      if (value !== null) await wx.setClipboardData({ data: value.id }).catch(() => undefined);
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
