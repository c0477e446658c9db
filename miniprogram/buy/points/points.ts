/** Points: the balance, the check-in, the movements, a month's statement, and what points buy. */
import type { Month } from '../../../client/types.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import { type Loaded, unread } from '../../model/loaded.ts';
import {
  movementsOf,
  type PointsModel,
  type PointsPageView,
  type PointsTab,
  pointsPage,
} from '../../model/pointsPage.ts';
import { checkInWords, lastMonths } from '../../model/pointsView.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { forgetId, idFor } from '../../wx/keptIds.ts';
import { page, type Self } from '../../wx/page.ts';

/** What the template reads. */
export type View = PointsPageView;

type Own = Self<PointsModel>;

/** How many products are looked through at a time for those that points buy. */
const LOOKED_THROUGH = 50;

async function readMovements(self: Own): Promise<void> {
  await self.read('points', () => client.getPoints());
  const { value, failure } = self.model.points;
  const movements: Loaded<ReturnType<typeof movementsOf>> = {
    ...{ value: value === null ? null : movementsOf(value), isLoading: false, failure },
  };
  self.set({ movements });
}

async function readTab(self: Own): Promise<void> {
  const { tab, month } = self.model;
  if (tab === 'statement') {
    await self.read('statement', async () => (await client.getPointsStatement({ month })).statement);
  } else if (tab === 'exchange') {
    await Promise.all([
      self.read('coupons', () => client.listCoupons()),
      self.read('products', () => client.listProducts({ limit: LOOKED_THROUGH })),
    ]);
  }
}

async function load(self: Own): Promise<void> {
  self.set({ failure: null });
  await Promise.all([readMovements(self), readTab(self)]);
}

async function checkIn(self: Own): Promise<void> {
  self.set({ busy: 'check-in', failure: null });
  try {
    const checkedIn = checkInWords(await client.checkIn());
    self.set({ busy: '', checkedIn });
    await readMovements(self);
  } catch (caught) {
    self.set({ busy: '', failure: failureOf(caught) });
  }
}

/** What is exchanged, with its price in points. */
interface Wanted {
  readonly id: string;
  readonly title: string;
  readonly price: number;
  readonly field: 'templateId' | 'productId';
}

/** Exchanges points. A repeat has the same id until it is answered, so it is paid for once. */
async function exchange(self: Own, { id, title, price, field }: Wanted): Promise<void> {
  const { confirm } = await wx.showModal({
    ...{ title: `用 ${price} 积分兑换？`, content: title, confirmText: '兑换', cancelText: '再想想' },
  });
  if (!confirm || self.model.busy !== '') return;
  const about = `redemption:${id}`;
  self.set({ busy: id, failure: null });
  try {
    const redemptionId = await idFor('rdm', about);
    await client.redeemPoints({ redemptionId, [field]: id });
    forgetId(about);
    self.set({ busy: '' });
    await load(self);
    await wx.showToast({ title: '兑换成功', icon: 'success' });
  } catch (caught) {
    const failure = failureOf(caught);
    if (failure.kind === 'refused') forgetId(about);
    self.set({ busy: '', failure });
  }
}

const own = page({
  model: (): PointsModel => ({
    ...{ tab: 'movements', points: unread, movements: unread, statement: unread, coupons: unread },
    ...{ products: unread, more: unread, month: '', checkedIn: '', busy: '', failure: null },
  }),
  view: pointsPage,
  open(self: Own) {
    const [month = ''] = lastMonths(Date.now(), 1);
    self.set({ month });
  },
  load,
  more(self: Own) {
    const { tab } = self.model;
    if (tab === 'movements') {
      return self.readNext('movements', 'more', async (cursor) =>
        movementsOf(await client.getPoints({ cursor })),
      );
    }
    if (tab === 'statement') return undefined;
    return self.readNext('products', 'more', (cursor) =>
      client.listProducts({ limit: LOOKED_THROUGH, cursor }),
    );
  },
  on: {
    pick(self: Own, { currentTarget }: TapEvent<{ readonly id: PointsTab }>) {
      self.set({ tab: currentTarget.dataset.id, more: unread, failure: null });
      return readTab(self);
    },
    pickMonth(self: Own, { currentTarget }: TapEvent<{ readonly id: Month }>) {
      self.set({ month: currentTarget.dataset.id, statement: unread });
      return readTab(self);
    },
    checkIn: (self: Own) => (self.model.busy === '' ? checkIn(self) : undefined),
    takeCoupon(self: Own, { detail }: { readonly detail: { readonly id: string } }) {
      const coupon = self.model.coupons.value?.items.find(({ id }) => id === detail.id);
      if (coupon?.pointsPrice == null || self.model.busy !== '') return undefined;
      const { id, title, pointsPrice: price } = coupon;
      return exchange(self, { id, title, price, field: 'templateId' });
    },
    takeProduct(self: Own, { currentTarget }: TapEvent<{ readonly id: string }>) {
      const product = self.model.products.value?.items.find(({ id }) => id === currentTarget.dataset.id);
      if (product?.pointsPrice == null || self.model.busy !== '') return undefined;
      const { id, title, pointsPrice: price } = product;
      return exchange(self, { id, title, price, field: 'productId' });
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
