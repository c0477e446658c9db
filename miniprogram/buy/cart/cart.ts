/** The cart: what is in it at today's prices, and the way to buy it. */

import { yuan } from '../../../client/fen.ts';
import type { CartView, Quote } from '../../../client/types.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import { type CartPageView, cartPage } from '../../model/cartView.ts';
import type { Failure } from '../../model/failure.ts';
import { type Loaded, ready, unread } from '../../model/loaded.ts';
import { buyRoutes, routes } from '../../model/routes.ts';
import { failureLine, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { thisPlatform } from '../../wx/buy.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly cart: Loaded<CartView>;
  /** What everything costs together. The server says whether it can be bought together. */
  readonly together: Loaded<Quote>;
  readonly busyId: string;
  readonly failure: Failure | null;
}

/** What the template reads. */
export interface View {
  readonly state: StateLine | null;
  readonly cart: CartPageView | null;
  readonly busyId: string;
  readonly failure: StateLine | null;
  /** What the bar says; empty while there is nothing to buy together. */
  readonly total: string;
  /** Why the things cannot be bought together; empty when they can. */
  readonly apart: string;
}

type Own = Self<Model>;

function view({ cart, together, busyId, failure }: Model, nowMs: number): View {
  const state = stateLineOf(
    cart,
    { title: '购物车还是空的', action: '去逛逛' },
    ({ items }) => items.length === 0,
  );
  return {
    state,
    cart: state !== null || cart.value === null ? null : cartPage(cart.value, nowMs),
    busyId,
    failure: failure === null ? null : failureLine(failure),
    total: together.value === null || together.failure !== null ? '' : yuan(together.value.payableFen),
    apart: together.failure?.kind === 'refused' ? `${together.failure.message}。` : '',
  };
}

async function readTogether(self: Own): Promise<void> {
  const { value } = self.model.cart;
  const ids = value === null ? [] : cartPage(value, Date.now()).countedIds;
  if (ids.length < 2) {
    self.set({ together: unread });
    return;
  }
  const lines = ids.map((productId) => ({ productId }));
  await self.read('together', async () => {
    const { quote } = await client.quoteOrder({ lines, platform: thisPlatform(), couponId: 'best' });
    return quote;
  });
}

async function load(self: Own): Promise<void> {
  self.set({ failure: null });
  await self.read('cart', () => client.getCart());
  await readTogether(self);
}

const own = page({
  model: (): Model => ({ cart: unread, together: unread, busyId: '', failure: null }),
  view,
  load,
  on: {
    open(_self: Own, { currentTarget }: TapEvent<{ readonly id: string }>) {
      return go(routes.detail(currentTarget.dataset.id));
    },
    browse() {
      return go(routes.list);
    },
    buyOne(_self: Own, { currentTarget }: TapEvent<{ readonly id: string }>) {
      return go(buyRoutes.checkout([currentTarget.dataset.id]));
    },
    buyAll({ model }: Own) {
      const { value } = model.cart;
      return value === null ? undefined : go(buyRoutes.checkout(cartPage(value, Date.now()).countedIds));
    },
    async remove(self: Own, { currentTarget }: TapEvent<{ readonly id: string }>) {
      if (self.model.busyId !== '') return;
      const productId = currentTarget.dataset.id;
      self.set({ busyId: productId, failure: null });
      try {
        self.set({ cart: ready(await client.removeCartItem({ productId })), busyId: '' });
        await readTogether(self);
      } catch (caught) {
        self.set({ busyId: '', failure: failureOf(caught) });
      }
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
