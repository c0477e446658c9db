/** The caller's orders. */
import type { OrderState, OrderView } from '../../../client/types.ts';
import { words } from '../../../client/words.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import { type Loaded, type Paged, unread } from '../../model/loaded.ts';
import { isPayable, type OrderCardView, orderCard } from '../../model/orderView.ts';
import { buyRoutes, routes } from '../../model/routes.ts';
import { moreLineOf, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

type Tab = OrderState | 'all';

const TABS: readonly { readonly id: Tab; readonly title: string }[] = [
  { id: 'all', title: '全部' },
  { id: 'pending', title: words.orderState.pending },
  { id: 'paid', title: words.orderState.paid },
  { id: 'closed', title: words.orderState.closed },
];

interface Model {
  readonly tab: Tab;
  readonly orders: Loaded<Paged<OrderView>>;
  readonly more: Loaded<unknown>;
}

/** What the template reads. */
export interface View {
  readonly tabs: readonly { readonly id: string; readonly title: string; readonly isOn: boolean }[];
  readonly state: StateLine | null;
  readonly orders: readonly (OrderCardView & { readonly isPayable: boolean })[];
  readonly more: StateLine | null;
}

type Own = Self<Model>;

function view({ tab, orders, more }: Model, nowMs: number): View {
  const { value } = orders;
  return {
    tabs: TABS.map(({ id, title }) => ({ id, title, isOn: id === tab })),
    state: stateLineOf(orders, { title: '还没有订单', action: '去逛逛' }, ({ items }) => items.length === 0),
    orders: (value?.items ?? []).map((order) => ({
      ...orderCard(order, nowMs),
      isPayable: isPayable(order, nowMs),
    })),
    more: value === null ? null : moreLineOf(more, value.nextCursor !== null, value.items.length),
  };
}

const asked = ({ model: { tab } }: Own) => (tab === 'all' ? {} : { state: tab });

async function load(self: Own): Promise<void> {
  await self.read('orders', () => client.listOrders(asked(self)));
}

const own = page({
  model: (): Model => ({ tab: 'all', orders: unread, more: unread }),
  view,
  open: (self: Own) => self.set({ tab: TABS.find(({ id }) => id === self.query.state)?.id ?? 'all' }),
  load,
  more: (self: Own) =>
    self.readNext('orders', 'more', (cursor) => client.listOrders({ ...asked(self), cursor })),
  again: load,
  on: {
    async pick(self: Own, { currentTarget }: TapEvent<{ readonly id: string }>) {
      const tab = TABS.find(({ id }) => id === currentTarget.dataset.id)?.id ?? 'all';
      self.set({ tab, orders: unread, more: unread });
      await load(self);
    },
    open(_self: Own, { currentTarget }: TapEvent<{ readonly id: string }>) {
      return go(buyRoutes.order(currentTarget.dataset.id));
    },
    pay(_self: Own, { currentTarget }: TapEvent<{ readonly id: string }>) {
      return go(buyRoutes.pay(currentTarget.dataset.id));
    },
    browse() {
      return go(routes.list);
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
