/** Coupons: those that can be claimed, and the caller's own by what can be done with them. */
import type { ClaimableView, CouponState, CouponView } from '../../../client/types.ts';
import { words } from '../../../client/words.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import { type ClaimTicket, claimTicket, type OwnTicket, ownTicket } from '../../model/couponView.ts';
import type { Failure } from '../../model/failure.ts';
import { type Loaded, type Paged, unread } from '../../model/loaded.ts';
import { buyRoutes, routes } from '../../model/routes.ts';
import { failureLine, moreLineOf, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

type Tab = CouponState | 'claim';

const TABS: readonly { readonly id: Tab; readonly title: string }[] = [
  { id: 'claim', title: '可领取' },
  { id: 'available', title: words.couponState.available },
  { id: 'locked', title: words.couponState.locked },
  { id: 'used', title: words.couponState.used },
  { id: 'expired', title: words.couponState.expired },
];

interface Model {
  readonly tab: Tab;
  readonly claimable: Loaded<Paged<ClaimableView>>;
  readonly mine: Loaded<Paged<CouponView>>;
  readonly more: Loaded<unknown>;
  readonly busyId: string;
  readonly failure: Failure | null;
}

/** What the template reads. */
export interface View {
  readonly tabs: readonly { readonly id: string; readonly title: string; readonly isOn: boolean }[];
  readonly state: StateLine | null;
  readonly claimable: readonly (ClaimTicket & { readonly isForPoints: boolean })[];
  readonly mine: readonly (OwnTicket & { readonly action: string })[];
  readonly more: StateLine | null;
  readonly busyId: string;
  readonly failure: StateLine | null;
}

type Own = Self<Model>;

function actionOf({ isUsable, orderId }: OwnTicket): string {
  if (isUsable) return '去使用';
  return orderId === '' ? '' : '看订单';
}

function view({ tab, claimable, mine, more, busyId, failure }: Model, nowMs: number): View {
  const isClaim = tab === 'claim';
  const list: Loaded<Paged<ClaimableView | CouponView>> = isClaim ? claimable : mine;
  const empty = isClaim
    ? { title: '暂时没有可领的优惠券', action: '' }
    : { title: '没有优惠券', action: '去领券' };
  const { value } = list;
  const mineShown = isClaim ? [] : (mine.value?.items ?? []).map((coupon) => ownTicket(coupon, nowMs));
  return {
    tabs: TABS.map(({ id, title }) => ({ id, title, isOn: id === tab })),
    state: stateLineOf(list, empty, ({ items }) => items.length === 0),
    claimable: (isClaim ? (claimable.value?.items ?? []) : []).map((coupon) => ({
      ...claimTicket(coupon, nowMs),
      isForPoints: coupon.whyNot === 'for_points',
    })),
    mine: mineShown.map((ticket) => ({ ...ticket, action: actionOf(ticket) })),
    more:
      value === null || value.items.length === 0
        ? null
        : moreLineOf(more, value.nextCursor !== null, value.items.length),
    busyId,
    failure: failure === null ? null : failureLine(failure),
  };
}

async function load(self: Own): Promise<void> {
  const { tab } = self.model;
  self.set({ failure: null });
  if (tab === 'claim') await self.read('claimable', () => client.listCoupons());
  else await self.read('mine', () => client.listMyCoupons({ state: tab }));
}

async function pick(self: Own, tab: Tab): Promise<void> {
  self.set({ tab, mine: unread, more: unread });
  await load(self);
}

/** Claims the next one. Its number makes a repeat claim the same one. */
async function claim(self: Own, coupon: ClaimableView): Promise<void> {
  const { id: templateId, claimedCount } = coupon;
  self.set({ busyId: templateId, failure: null });
  try {
    await client.receiveCoupon({ templateId, number: claimedCount + 1 });
    self.set({ busyId: '' });
    await load(self);
    await wx.showToast({ title: '已领取', icon: 'success' });
  } catch (caught) {
    const failure = failureOf(caught);
    if (failure.kind === 'refused') await load(self);
    self.set({ busyId: '', failure });
  }
}

const own = page({
  model: (): Model => ({
    ...{ tab: 'claim', claimable: unread, mine: unread, more: unread, busyId: '', failure: null },
  }),
  view,
  load,
  more(self: Own) {
    const { tab } = self.model;
    return tab === 'claim'
      ? self.readNext('claimable', 'more', (cursor) => client.listCoupons({ cursor }))
      : self.readNext('mine', 'more', (cursor) => client.listMyCoupons({ state: tab, cursor }));
  },
  on: {
    pick(self: Own, { currentTarget }: TapEvent<{ readonly id: string }>) {
      return pick(self, TABS.find(({ id }) => id === currentTarget.dataset.id)?.id ?? 'claim');
    },
    way(self: Own) {
      return pick(self, 'claim');
    },
    claim(self: Own, { detail }: { readonly detail: { readonly id: string } }) {
      const coupon = self.model.claimable.value?.items.find(({ id }) => id === detail.id);
      if (coupon === undefined || self.model.busyId !== '') return undefined;
      return coupon.whyNot === 'for_points' ? go(buyRoutes.points) : claim(self, coupon);
    },
    use(self: Own, { detail }: { readonly detail: { readonly id: string } }) {
      const coupon = self.model.mine.value?.items.find(({ id }) => id === detail.id);
      return coupon?.orderId == null ? go(routes.list) : go(buyRoutes.order(coupon.orderId));
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
