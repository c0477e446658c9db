/** Confirms an order: explains the price, takes the coupon and points, and pays. */
import type { CouponId, OrderLines, Quote } from '../../../client/types.ts';
import type { SwitchEvent, TapEvent } from '../../../local/phone/platform.ts';
import { type Buying, readyToBuy } from '../../model/buying.ts';
import { type CheckoutModel, type CheckoutView, checkoutView, isUnderWay } from '../../model/checkoutView.ts';
import { ready, unread } from '../../model/loaded.ts';
import { buyRoutes, routes } from '../../model/routes.ts';
import { Buyer, thisPlatform } from '../../wx/buy.ts';
import { client } from '../../wx/client.ts';
import { go } from '../../wx/go.ts';
import { login } from '../../wx/login.ts';
import { page, type Self } from '../../wx/page.ts';
import { mayLoginSilently, session } from '../../wx/session.ts';

interface Model extends CheckoutModel {
  readonly lines: OrderLines;
  /** `best` until somebody chooses. */
  readonly choice: CouponId | 'best' | null;
  readonly points: number;
  readonly buyer: Buyer | null;
}

/** What the template reads. */
export type View = CheckoutView;

type Own = Self<Model>;

/** The largest number of friends that one thing can be bought for. */
const GIFTS_MAX = 100;

function linesOf(ids: string, gifts: number): OrderLines {
  const one = (productId: string) => (gifts > 0 ? { productId, gifts } : { productId });
  return decodeURIComponent(ids)
    .split(',')
    .filter((id) => id !== '')
    .map(one);
}

/** The same thing for another number of friends. */
const forFriends = (lines: OrderLines, gifts: number): OrderLines =>
  lines.map(({ productId }) => ({ productId, gifts }));

/** Asks for the price of what is chosen now. Where only one copy is sold at a time, it is the price of one. */
async function requote(self: Own): Promise<void> {
  const { lines, gifts, choice, points, platform } = self.model;
  await self.read('quote', async () => {
    const { quote } = await client.quoteOrder({ lines, platform, points, couponId: choice });
    return quote;
  });
  if (gifts > 1 && self.model.quote.failure?.code === 'order.one_at_a_time') {
    self.set({ gifts: 1, giftsMax: 1, lines: forFriends(lines, 1) });
    await requote(self);
  }
}

/** A price is somebody's, so whoever can be is logged in before it is asked for. */
async function load(self: Own): Promise<void> {
  // When that fails, the question for the price fails too, and says why.
  if (session() === null && mayLoginSilently()) await login().catch(() => null);
  await requote(self);
}

/** Follows the buying: the page of the order takes the place of this one, so that going back never pays again. */
function moved(self: Own, buying: Buying): void {
  self.set(buying.at === 'repriced' ? { buying, quote: ready(buying.quote) } : { buying });
  if (self.isGone) return;
  if (buying.at === 'paid') void wx.redirectTo({ url: buyRoutes.order(buying.order.id) });
  if (buying.at === 'kept') void wx.redirectTo({ url: buyRoutes.pay(buying.order.id, buying.because) });
  if (buying.at === 'lapsed' || buying.at === 'closed')
    void wx.redirectTo({ url: buyRoutes.pay(buying.order.id, buying.at) });
  // A place or a coupon was gone. What is left of the price is shown beside the reason.
  if (buying.at === 'refused') void requote(self);
}

function basketOf(lines: OrderLines, { couponId, points, payableFen }: Quote) {
  return { lines, couponId, points: points.count, shownFen: payableFen };
}

const own = page({
  model: (): Model => ({
    ...{
      lines: [],
      gifts: 0,
      giftsMax: GIFTS_MAX,
      choice: 'best',
      points: 0,
      platform: 'web',
      quote: unread,
      coupons: unread,
    },
    ...{ moreCoupons: unread, isChoosing: false, buying: readyToBuy(null), buyer: null },
  }),
  view: checkoutView,
  open(self: Own) {
    const gifts = Math.min(GIFTS_MAX, Number(self.query.gifts ?? 0));
    const lines = linesOf(self.query.ids ?? '', gifts);
    const buyer = new Buyer((buying) => moved(self, buying));
    self.set({ lines, gifts, platform: thisPlatform(), buyer });
    buyer.startWith(lines);
  },
  load,
  seen: ({ model }) => model.buyer?.shown(),
  left: ({ model, isGone }) => (isGone ? model.buyer?.left() : undefined),
  on: {
    pay({ model }: Own) {
      const { quote, buyer, lines } = model;
      if (quote.value === null || quote.isLoading) return undefined;
      return buyer?.tap(basketOf(lines, quote.value));
    },
    async choose(self: Own) {
      if (isUnderWay(self.model.buying)) return;
      self.set({ isChoosing: true });
      await self.read('coupons', () => client.listMyCoupons({ state: 'available' }));
    },
    close(self: Own) {
      self.set({ isChoosing: false });
    },
    async take(self: Own, { currentTarget }: TapEvent<{ readonly id: string }>) {
      const { id } = currentTarget.dataset;
      self.set({ isChoosing: false, choice: id === '' ? null : id });
      await requote(self);
    },
    moreCoupons(self: Own) {
      return self.readNext('coupons', 'moreCoupons', (cursor) =>
        client.listMyCoupons({ state: 'available', cursor }),
      );
    },
    async usePoints(self: Own, { detail }: SwitchEvent) {
      const most = self.model.quote.value?.points.countMax ?? 0;
      self.set({ points: detail.value ? most : 0 });
      await requote(self);
    },
    async changeGifts(self: Own, { detail }: { readonly detail: { readonly value: number } }) {
      if (isUnderWay(self.model.buying)) return;
      self.set({ gifts: detail.value, lines: forFriends(self.model.lines, detail.value) });
      await requote(self);
    },
    readTerms() {
      return go(routes.terms('terms'));
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
