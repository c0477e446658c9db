/** The first page: what runs out soon, what goes on, and what is new. Each part is read on its own. */
import type { ClaimablePage, FlashSaleView, ProductPage } from '../../../client/types.ts';
import type { PhoneEvent } from '../../../local/phone/platform.ts';
import { type CardView, cardOf, flashCardOf, learnedCardOf, ownedCardOf } from '../../model/card.ts';
import { type ClaimTicket, claimTicket } from '../../model/couponView.ts';
import { type Loaded, unread } from '../../model/loaded.ts';
import { buyRoutes, routes, talkRoutes } from '../../model/routes.ts';
import { type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { features } from '../../wx/features.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';
import { session } from '../../wx/session.ts';
import { cached } from '../../wx/store.ts';

const MINUTE_MS = 60_000;

/** How many of each are shown. */
const SHOWN = { coupons: 3, going: 2, fresh: 8 } as const;

interface Model {
  readonly flash: Loaded<readonly FlashSaleView[]>;
  readonly coupons: Loaded<ClaimablePage>;
  readonly going: Loaded<readonly CardView[]>;
  readonly fresh: Loaded<ProductPage>;
  readonly isLoggedIn: boolean;
  readonly isStaff: boolean;
  readonly hasArticles: boolean;
  /** The coupon that is being claimed; empty for none. */
  readonly claiming: string;
  /** What a claim failed with; empty for nothing. */
  readonly wrong: string;
}

/** A flash sale on the page. */
export interface FlashBox {
  readonly id: string;
  readonly title: string;
  readonly isRunning: boolean;
  /** When it ends, or when it begins. */
  readonly turnsAtMs: number;
  readonly cards: readonly CardView[];
}

/** What the template reads. */
export interface View {
  readonly isGuest: boolean;
  readonly consoleUrl: string;
  readonly hasArticles: boolean;
  readonly flashLine: StateLine | null;
  readonly flash: readonly FlashBox[];
  readonly couponsLine: StateLine | null;
  readonly coupons: readonly ClaimTicket[];
  readonly claiming: string;
  readonly wrong: string;
  readonly goingLine: StateLine | null;
  readonly going: readonly CardView[];
  readonly freshLine: StateLine | null;
  readonly fresh: readonly CardView[];
}

function flashBox({ id, title, items, fromAtMs, untilAtMs }: FlashSaleView, nowMs: number): FlashBox {
  const isRunning = fromAtMs <= nowMs;
  const cards = items.map((item) => flashCardOf(item, isRunning));
  return { id, title, isRunning, turnsAtMs: isRunning ? untilAtMs : fromAtMs, cards };
}

const readFlash = (self: Self<Model>) =>
  self.read('flash', async () => (await client.listFlashSales()).items);

const readCoupons = (self: Self<Model>) => self.read('coupons', () => client.listCoupons({ limit: 10 }));

const readFresh = (self: Self<Model>) =>
  self.read(
    'fresh',
    cached('products:new', 5 * MINUTE_MS, () => client.listProducts({ limit: SHOWN.fresh })),
  );

/** Whether there is a way to the articles. */
async function readSwitches(self: Self<Model>): Promise<void> {
  const on = await features();
  self.set({ hasArticles: on !== null && on.articles !== 'off' });
}

/** What somebody learns, or has as long as they have not begun. */
const readGoing = (self: Self<Model>) =>
  self.read('going', async () => {
    const learning = await client.listLearning({ limit: SHOWN.going });
    if (learning.items.length > 0) return learning.items.map(learnedCardOf);
    const { items } = await client.getLibrary({ limit: SHOWN.going });
    return items.map((item) => ownedCardOf(item, Date.now()));
  });

const own = page({
  model: (): Model => ({
    flash: unread,
    coupons: unread,
    going: unread,
    fresh: unread,
    isLoggedIn: false,
    isStaff: false,
    hasArticles: false,
    claiming: '',
    wrong: '',
  }),
  view: (model, nowMs): View => ({
    isGuest: !model.isLoggedIn,
    consoleUrl: model.isStaff ? CONSOLE_URL : '',
    hasArticles: model.hasArticles,
    flashLine: stateLineOf(model.flash),
    flash: (model.flash.value ?? [])
      .filter(({ untilAtMs }) => untilAtMs > nowMs)
      .map((sale) => flashBox(sale, nowMs)),
    couponsLine: stateLineOf(model.coupons),
    coupons: (model.coupons.value?.items ?? [])
      .map((coupon) => claimTicket(coupon, nowMs))
      .filter(({ mayClaim, pointsPrice }) => mayClaim && pointsPrice === 0)
      .slice(0, SHOWN.coupons),
    claiming: model.claiming,
    wrong: model.wrong,
    goingLine: stateLineOf(
      model.going,
      { title: '还没有课程，先去看看有什么', action: '去选课' },
      (cards) => cards.length === 0,
    ),
    going: model.going.value ?? [],
    freshLine: stateLineOf(
      model.fresh,
      { title: '还没有上架的内容', action: '' },
      ({ items }) => items.length === 0,
    ),
    fresh: (model.fresh.value?.items ?? []).map(cardOf),
  }),
  load: async (self) => {
    const who = session();
    self.set({ isLoggedIn: who !== null, isStaff: who !== null && who.role !== 'learner' });
    await Promise.all([
      readFlash(self),
      readCoupons(self),
      readFresh(self),
      readSwitches(self),
      ...(who === null ? [] : [readGoing(self)]),
    ]);
  },
  again: (self) => (session() === null ? undefined : Promise.all([readCoupons(self), readGoing(self)])),
  share: () => ({ title: '知课：把时间花在值得学的事上', path: routes.home }),
  on: {
    search: () => go(routes.list),
    toCoupons: () => go(buyRoutes.coupons),
    toArticles: () => go(talkRoutes.articles),
    toLearn: () => go(routes.learn),
    toLogin: () => go(routes.login),
    retryFlash: readFlash,
    retryCoupons: readCoupons,
    retryGoing: readGoing,
    retryFresh: readFresh,
    copyConsole: async () => {
      // Who refuses the clipboard can still read the address.
      await wx.setClipboardData({ data: CONSOLE_URL }).catch(() => undefined);
    },
    claim: async (self, event: PhoneEvent<{ readonly id: string }>) => {
      const { id } = event.detail;
      if (self.model.claiming !== '') return;
      const known = self.model.coupons.value?.items.find((coupon) => coupon.id === id);
      self.set({ claiming: id, wrong: '' });
      try {
        await client.receiveCoupon({ templateId: id, number: (known?.claimedCount ?? 0) + 1 });
        await wx.showToast({ title: '已领取', icon: 'success' });
      } catch (caught) {
        self.set({ wrong: failureOf(caught).message });
      }
      self.set({ claiming: '' });
      await readCoupons(self);
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
