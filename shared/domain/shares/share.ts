/** The rules of shares: whose link counts for whom, and what came of it. */
import { DAY_MS, type Fen, fen, type OrderId, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { User } from '../../schemas/identity/user.ts';
import type { Order } from '../../schemas/orders/order.ts';
import {
  DEPTH_MAX,
  type OrderTouch,
  type Sale,
  type Share,
  type ShareCounts,
  type ShareTarget,
  ShareToken,
  type ShareView,
  type Touch,
  type Visit,
} from '../../schemas/shares/share.ts';
import { crockfordOf } from '../crockford.ts';
import { dayOf } from '../day.ts';

/** How many characters a token has. */
const TOKEN_CHARACTERS = 10;

/** How long after registering a first visit still counts as the reason. */
const NEW_MS = DAY_MS;

/** The id of a person's share of a thing. */
export function shareIdOf({
  userId,
  target,
}: {
  readonly userId: UserId;
  readonly target: ShareTarget;
}): string {
  return `${userId}:${target}`;
}

/** The token derived from a digest (hex, at least 50 bits). */
export function tokenOf(digest: string): ShareToken {
  return ShareToken.parse(crockfordOf(digest, TOKEN_CHARACTERS));
}

/**
 * A new share, of which nothing has come. `parent` is the share by which its owner came; null when by none. Parents
 * are older than their children, so no chain of them is a circle.
 */
export function newShare(of: {
  readonly userId: UserId;
  readonly target: ShareTarget;
  readonly token: ShareToken;
  readonly parent: Pick<Share, 'token' | 'depth'> | null;
  readonly now: TimeMs;
}): Share {
  const { userId, target, token, parent, now } = of;
  return {
    id: shareIdOf(of),
    userId,
    target,
    token,
    parentToken: parent?.token ?? null,
    depth: parent === null ? 0 : Math.min(DEPTH_MAX, parent.depth + 1),
    ...{ visits: 0, people: 0, registrations: 0, orders: 0, netFen: 0 },
    createdAtMs: now,
  };
}

/**
 * Whether a link of this person counts for a visitor: not one's own, not that of staff, who send people to the shop by
 * their work, and not of somebody who is banned or was taken over.
 */
export function countsFor(
  sharer: Pick<User, 'id' | 'role' | 'state' | 'takenOverBy'> | null,
  visitorId: UserId,
): boolean {
  if (sharer === null || sharer.id === visitorId || sharer.takenOverBy !== null) return false;
  return sharer.role === 'learner' && sharer.state === 'active';
}

/** The touch, moved to a visit that came later. The same object when the visit came earlier. */
export function moveTouch(before: Touch | null, visit: Touch): Touch {
  return before !== null && visit.atMs <= before.atMs ? before : visit;
}

/** Whether a touch still counts: for so many days. */
export function isFresh(touch: Pick<Touch, 'atMs'>, days: number, now: TimeMs): boolean {
  return now < touch.atMs + days * DAY_MS;
}

/** What an order keeps of a touch. */
export function keptTouch({ token, sharerId, atMs }: Touch): OrderTouch {
  return { token, sharerId, atMs };
}

/** Whether a visit is the reason why somebody registered: no link led them here before, and they are new. */
export function isReason(
  touch: Touch | null,
  { createdAtMs }: Pick<User, 'createdAtMs'>,
  now: TimeMs,
): boolean {
  return touch === null && now < createdAtMs + NEW_MS;
}

/**
 * The visits of a person by a share, with one more. The same object when the person came on that day before, also by
 * a clock slightly behind.
 */
export function addVisit(
  before: Visit | null,
  of: {
    readonly token: ShareToken;
    readonly userId: UserId;
    readonly isRegistration: boolean;
    readonly now: TimeMs;
  },
): Visit {
  const { token, userId, isRegistration, now } = of;
  const day = dayOf(now);
  if (before !== null && before.lastDay >= day) return before;
  const come = before ?? { id: `${token}:${userId}`, token, userId, days: 0, isRegistration, daysCounted: 0 };
  return { ...come, days: come.days + 1, lastDay: day, isCounted: false, atMs: now };
}

/** What of an order's money has not gone back. */
export function netFen({ payableFen, refundedFen }: Pick<Order, 'payableFen' | 'refundedFen'>): Fen {
  return fen(payableFen - refundedFen);
}

/** The sale of a paid order with what is left of its money. The same object when that has not changed. */
export function bookSale(
  before: Sale | null,
  order: Pick<Order, 'payableFen' | 'refundedFen'> & { readonly id: OrderId },
  { token }: Pick<OrderTouch, 'token'>,
  now: TimeMs,
): Sale {
  const left = netFen(order);
  if (before !== null && before.netFen === left) return before;
  const netCountedFen = before?.netCountedFen ?? fen(0);
  return { id: order.id, token, netFen: left, netCountedFen, isCounted: left === netCountedFen, atMs: now };
}

/** A share and what came of it, as counted. */
export interface CountedShare {
  readonly share: Share;
  readonly visits: readonly Visit[];
  readonly sales: readonly Sale[];
}

/** The share with what these visits and sales change. Each counts once, however often it is seen. */
export function countShare(share: Share, visits: readonly Visit[], sales: readonly Sale[]): CountedShare {
  const come = visits.filter(({ isCounted }) => !isCounted);
  const sold = sales.filter(({ isCounted }) => !isCounted);
  const first = come.filter(({ daysCounted }) => daysCounted === 0);
  const change = {
    visits: sum(come.map(({ days, daysCounted }) => days - daysCounted)),
    people: first.length,
    registrations: first.filter(({ isRegistration }) => isRegistration).length,
    orders: sum(sold.map((sale) => Number(sale.netFen > 0) - Number(sale.netCountedFen > 0))),
    netFen: sum(sold.map((sale) => sale.netFen - sale.netCountedFen)),
  };
  const isSame = Object.values(change).every((by) => by === 0);
  return {
    share: isSame ? share : { ...share, ...plus(share, change) },
    visits: come.map((visit) => ({ ...visit, daysCounted: visit.days, isCounted: true })),
    sales: sold.map((sale) => ({ ...sale, netCountedFen: sale.netFen, isCounted: true })),
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

function plus(before: ShareCounts, change: ShareCounts): ShareCounts {
  return {
    visits: before.visits + change.visits,
    people: before.people + change.people,
    registrations: before.registrations + change.registrations,
    orders: before.orders + change.orders,
    netFen: before.netFen + change.netFen,
  };
}

/** A share, as its owner sees it. */
export function shareView({ target, token, depth, createdAtMs, ...share }: Share): ShareView {
  const { visits, people, registrations, orders, netFen } = share;
  return { target, token, depth, createdAtMs, visits, people, registrations, orders, netFen };
}
