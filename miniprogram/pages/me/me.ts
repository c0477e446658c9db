/** The caller, what they have in numbers, and the ways to what is theirs. */
import type {
  CouponView,
  MembershipView,
  OrderState,
  OrderView,
  PointsView,
  ProfileView,
  UserView,
} from '../../../client/types.ts';
import { words } from '../../../client/words.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import { deviceDay } from '../../model/deviceTime.ts';
import { unreadBadge } from '../../model/inboxView.ts';
import { type Loaded, type Paged, unread } from '../../model/loaded.ts';
import { buyRoutes, routes, studyRoutes, talkRoutes } from '../../model/routes.ts';
import { type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { features } from '../../wx/features.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';
import { keepRole, session } from '../../wx/session.ts';

interface Model {
  readonly isLoggedIn: boolean;
  readonly user: Loaded<UserView>;
  readonly profile: Loaded<{ readonly profile: ProfileView }>;
  readonly points: Loaded<PointsView>;
  readonly membership: Loaded<MembershipView>;
  readonly coupons: Loaded<Paged<CouponView>>;
  readonly unpaid: Loaded<Paged<OrderView>>;
  /** Whether comments are on, so that there is a way to one's own. */
  readonly hasComments: boolean;
  /** How many messages they have not read. */
  readonly unseen: Loaded<{ readonly count: number }>;
}

/** The orders in one state. */
export interface OrdersWay {
  readonly state: OrderState;
  readonly title: string;
  /** How many there are; empty for none, and where that is not asked. */
  readonly count: string;
  /** What is read aloud: `待支付的订单，2 个`. */
  readonly label: string;
}

/** What the template reads. */
export interface View {
  readonly isGuest: boolean;
  readonly line: StateLine | null;
  readonly nickname: string;
  readonly avatarUrl: string;
  /** The first letter of the name, where there is no picture. */
  readonly initial: string;
  /** What a member of staff is; empty for learners. */
  readonly role: string;
  /** Where staff work; empty for learners. */
  readonly consoleUrl: string;
  readonly isMember: boolean;
  readonly membership: string;
  /** A dash before it is known. */
  readonly points: string;
  readonly coupons: string;
  /** How many messages are unread, on a badge; empty for none. */
  readonly unread: string;
  readonly orders: readonly OrdersWay[];
  /** Whether terms or the privacy policy still have to be agreed to. */
  readonly mustAgree: boolean;
  readonly hasComments: boolean;
}

const NOBODY = {
  ...{ user: unread, profile: unread, points: unread, membership: unread },
  ...{ coupons: unread, unpaid: unread, unseen: unread },
};

/** So many are counted. */
const COUNT_MAX = 20;

const STATES: readonly OrderState[] = ['pending', 'paid', 'closed'];

/** How many there are of something that is listed in pages: `20+` when there are more than one page. */
function countOf({ value }: Loaded<Paged<unknown>>): string {
  if (value === null) return '';
  return `${value.items.length}${value.nextCursor === null ? '' : '+'}`;
}

function liveUntil({ value }: Loaded<MembershipView>, nowMs: number): string {
  const live = value?.scopes.find(({ isLive, scope }) => isLive && scope.kind === 'platform');
  return live === undefined ? '' : deviceDay(live.untilAtMs, nowMs);
}

async function load(self: Self<Model>): Promise<void> {
  const isLoggedIn = session() !== null;
  self.set(isLoggedIn ? { isLoggedIn } : { isLoggedIn, ...NOBODY });
  if (!isLoggedIn) return;
  await Promise.all([
    self.read('user', async () => {
      const user = await client.getMe();
      keepRole(user.role);
      return user;
    }),
    features().then((on) => self.set({ hasComments: on !== null && on.comments !== 'off' })),
    self.read('profile', () => client.getProfile()),
    self.read('points', () => client.getPoints({ limit: 1 })),
    self.read('membership', () => client.getMembership()),
    self.read('coupons', () => client.listMyCoupons({ state: 'available', limit: COUNT_MAX })),
    self.read('unseen', () => client.countUnread()),
    self.read('unpaid', () => client.listOrders({ state: 'pending', limit: COUNT_MAX })),
  ]);
}

function view(model: Model, nowMs: number): View {
  const { isLoggedIn, user, profile, points, membership, coupons, unpaid, hasComments } = model;
  const known = user.value;
  const chosen = profile.value?.profile;
  // What they chose last: only they see it before it has passed.
  const nickname = chosen?.nickname ?? known?.nickname ?? '';
  const isStaff = known !== null && known.role !== 'learner';
  const until = liveUntil(membership, nowMs);
  const waiting = countOf(unpaid);
  return {
    isGuest: !isLoggedIn,
    line: stateLineOf(user),
    nickname,
    avatarUrl: chosen?.avatarUrl ?? '',
    initial: [...nickname][0] ?? '',
    role: isStaff ? words.role[known.role] : '',
    consoleUrl: isStaff ? CONSOLE_URL : '',
    isMember: until !== '',
    membership: until === '' ? '开通后会员课程免费看' : `有效至 ${until}`,
    points: points.value === null ? '–' : String(points.value.balance),
    coupons: coupons.value === null ? '–' : countOf(coupons),
    unread: unreadBadge(model.unseen.value?.count ?? null),
    orders: STATES.map((state) => {
      const title = words.orderState[state];
      const count = state === 'pending' && waiting !== '0' ? waiting : '';
      return { state, title, count, label: `${title}的订单${count === '' ? '' : `，${count} 个`}` };
    }),
    mustAgree: known !== null && (known.consents.terms === null || known.consents.privacy === null),
    hasComments: isLoggedIn && hasComments,
  };
}

const own = page({
  model: (): Model => ({ isLoggedIn: false, hasComments: false, ...NOBODY }),
  view,
  load,
  again: load,
  on: {
    toLogin: () => go(routes.login),
    toProfile: () => go(routes.profile),
    toAllOrders: () => go(buyRoutes.orders()),
    toOrders: (_self: Self<Model>, { currentTarget }: TapEvent<{ readonly state: OrderState }>) =>
      go(buyRoutes.orders(currentTarget.dataset.state)),
    toCart: () => go(buyRoutes.cart),
    toCoupons: () => go(buyRoutes.coupons),
    toPoints: () => go(buyRoutes.points),
    toMembership: () => go(buyRoutes.membership),
    toLearn: () => go(routes.learn),
    toInbox: () => go(routes.inbox),
    toFeedback: () => go(routes.feedback),
    toGift: () => go(buyRoutes.gift),
    toComments: () => go(talkRoutes.mine),
    toCertificates: () => go(studyRoutes.certificates),
    toCode: () => go(buyRoutes.code),
    toPrivacy: () => go(routes.privacy),
    toAbout: () => go(routes.about),
    copyConsole: async () => {
      // Who refuses the clipboard can still read the address.
      await wx.setClipboardData({ data: CONSOLE_URL }).catch(() => undefined);
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
