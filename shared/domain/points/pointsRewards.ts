/** The rules of points that are earned by doing something other than buying. */
import { DAY_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { PricedLine } from '../../schemas/orders/order.ts';
import type { DailyReward, PointsAccount } from '../../schemas/points/points.ts';
import type { Selling } from '../../schemas/pricing/promotion.ts';
import { DEFAULT_REFUND_POLICY } from '../catalogue/product.ts';
import { dayAfter, dayOf } from '../day.ts';
import { earn, type PointsBook, promise } from './points.ts';

/** What each day in a row earns who checks in, from the first to the seventh; the eighth is a first again. */
export const CHECK_IN_LADDER = [5, 5, 10, 10, 15, 15, 30] as const;

/** What each of the others earns, and how often in one day: enough for who means it, too little for who games it. */
export const REWARDS = {
  friend_bought: { points: 200, perDayMax: 5 },
  course_finished: { points: 50, perDayMax: 3 },
  comment_approved: { points: 5, perDayMax: 5 },
} as const satisfies Record<DailyReward, { readonly points: number; readonly perDayMax: number }>;

/** What the how-manieth day in a row earns. */
export function checkInPoints(streak: number): number {
  return CHECK_IN_LADDER[(streak - 1) % CHECK_IN_LADDER.length] ?? 0;
}

/**
 * The book with today's check-in, and which it is. Days are Shanghai's; a day that was left out starts the ladder
 * again. Who has checked in today has done so, also when that was said by a clock that runs a little before this one.
 */
export function checkInToday(
  book: PointsBook,
  now: TimeMs,
): { readonly book: PointsBook; readonly checkIn: NonNullable<PointsAccount['checkIn']> } {
  const day = dayOf(now);
  const { account } = book;
  const last = account.checkIn;
  if (last !== null && last.day >= day) return { book, checkIn: last };
  const streak = last?.day === dayAfter(day, -1) ? last.streak + 1 : 1;
  const why = {
    id: `${account.id}:check_in:${day}`,
    cause: 'check_in',
    orderId: null,
    reason: null,
  } as const;
  const after = earn(book, why, checkInPoints(streak), now);
  const checkIn = { day, streak };
  return { book: { ...after, account: { ...after.account, checkIn } }, checkIn };
}

/** A reward that somebody is to get. */
export interface RewardAsked {
  readonly kind: DailyReward;
  readonly id: string;
  /** How many points it is. */
  readonly points: number;
  /** Whether it can be spent only later, once what earned it can no longer be given back. */
  readonly isPending: boolean;
  readonly now: TimeMs;
}

/** The book with one more reward of a kind, or null when today had as many as a day may have. */
export function reward(book: PointsBook, asked: RewardAsked): PointsBook | null {
  const { kind, id, points, isPending, now } = asked;
  const { perDayMax } = REWARDS[kind];
  const last = book.account.rewards;
  // A clock that runs a little behind another, around midnight, does not begin the day before anew.
  const rewards = last !== null && last.day >= dayOf(now) ? last : { day: dayOf(now), counts: {} };
  const count = (rewards.counts[kind] ?? 0) + 1;
  if (count > perDayMax) return null;
  const why = { id, cause: kind, orderId: null, reason: null } as const;
  const after = isPending ? promise(book, why, points, now) : earn(book, why, points, now);
  const counts = { ...rewards.counts, [kind]: count };
  return { ...after, account: { ...after.account, rewards: { day: rewards.day, counts } } };
}

/** What an inviter gets by an order of a friend: no more than a share of what was paid and kept, of too little nothing. */
export function inviterReward(
  keptFen: number,
  selling: Pick<Selling, 'inviterShareMax' | 'inviterOrderMinFen'>,
): number {
  if (keptFen < selling.inviterOrderMinFen) return 0;
  return Math.min(REWARDS.friend_bought.points, Math.floor((keptFen * selling.inviterShareMax) / 10_000));
}

/**
 * When what an order earns somebody else can be spent: once no line of it can be given back by its policy any more. A
 * policy that gives nothing back by itself counts as the plain one: staff may still give the money back.
 */
export function rewardDueAtMs(lines: readonly Pick<PricedLine, 'refundPolicy'>[], paidAtMs: TimeMs): TimeMs {
  const plain = DEFAULT_REFUND_POLICY.windowDays;
  const days = Math.max(plain, ...lines.map(({ refundPolicy }) => refundPolicy.windowDays));
  return timeMs(paidAtMs + days * DAY_MS);
}
