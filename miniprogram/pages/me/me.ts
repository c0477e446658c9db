/** The caller, and the ways to what is theirs. */
import type { MembershipView, PointsView, UserView } from '../../../client/types.ts';
import { words } from '../../../client/words.ts';
import { deviceDay } from '../../model/deviceTime.ts';
import { type Loaded, unread } from '../../model/loaded.ts';
import { buyRoutes, routes, studyRoutes } from '../../model/routes.ts';
import { type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';
import { keepRole, session } from '../../wx/session.ts';

interface Model {
  readonly isLoggedIn: boolean;
  readonly user: Loaded<UserView>;
  readonly points: Loaded<PointsView>;
  readonly membership: Loaded<MembershipView>;
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
  readonly points: string;
  readonly membership: string;
  /** Whether terms or the privacy policy still have to be agreed to. */
  readonly mustAgree: boolean;
}

function membershipWords({ value }: Loaded<MembershipView>, nowMs: number): string {
  if (value === null) return '';
  const live = value.scopes.find(({ isLive, scope }) => isLive && scope.kind === 'platform');
  return live === undefined ? '未开通' : `${deviceDay(live.untilAtMs, nowMs)}到期`;
}

async function load(self: Self<Model>): Promise<void> {
  const isLoggedIn = session() !== null;
  self.set(isLoggedIn ? { isLoggedIn } : { isLoggedIn, user: unread, points: unread, membership: unread });
  if (!isLoggedIn) return;
  await Promise.all([
    self.read('user', async () => {
      const user = await client.getMe();
      keepRole(user.role);
      return user;
    }),
    self.read('points', () => client.getPoints({ limit: 1 })),
    self.read('membership', () => client.getMembership()),
  ]);
}

const own = page({
  model: (): Model => ({ isLoggedIn: false, user: unread, points: unread, membership: unread }),
  view: ({ isLoggedIn, user, points, membership }, nowMs): View => {
    const known = user.value;
    return {
      isGuest: !isLoggedIn,
      line: stateLineOf(user),
      nickname: known?.nickname ?? '',
      avatarUrl: known?.avatarUrl ?? '',
      initial: [...(known?.nickname ?? '')][0] ?? '',
      role: known === null || known.role === 'learner' ? '' : words.role[known.role],
      points: points.value === null ? '' : String(points.value.balance),
      membership: membershipWords(membership, nowMs),
      mustAgree: known !== null && (known.consents.terms === null || known.consents.privacy === null),
    };
  },
  load,
  again: load,
  on: {
    toLogin: () => go(routes.login),
    toProfile: () => go(routes.profile),
    toOrders: () => go(buyRoutes.orders),
    toCart: () => go(buyRoutes.cart),
    toCoupons: () => go(buyRoutes.coupons),
    toPoints: () => go(buyRoutes.points),
    toMembership: () => go(buyRoutes.membership),
    toGift: () => go(buyRoutes.gift),
    toCertificates: () => go(studyRoutes.certificates),
    toCode: () => go(buyRoutes.code),
    toPrivacy: () => go(routes.privacy),
    toAbout: () => go(routes.about),
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
