/** The rules of points that are earned by something other than buying. */
import { DAY_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { PricedLine } from '../../schemas/orders/order.ts';
import type { DailyReward, PointsAccount } from '../../schemas/points/points.ts';
import type { Selling } from '../../schemas/pricing/selling.ts';
import type { ReviewTarget } from '../../schemas/review/review.ts';
import { DEFAULT_REFUND_POLICY } from '../catalogue/product.ts';
import { dayAfter, dayOf } from '../day.ts';
import { earn, type PointsBook, promise } from './points.ts';

/**
 * The points for each consecutive day of checking in, from the first to the seventh day. The eighth counts as a
 * first again.
 */
export const CHECK_IN_LADDER = [5, 5, 10, 10, 15, 15, 30] as const;

/**
 * The points for each other reward, and how often it is given in one day. The limit suits honest users and makes
 * abuse worthless.
 */
export const REWARDS = {
  friend_bought: { points: 200, perDayMax: 5 },
  course_finished: { points: 50, perDayMax: 3 },
  comment_approved: { points: 5, perDayMax: 5 },
} as const satisfies Record<DailyReward, { readonly points: number; readonly perDayMax: number }>;

/** The points for the given day of a streak, from 1. */
export function checkInPoints(streak: number): number {
  return CHECK_IN_LADDER[(streak - 1) % CHECK_IN_LADDER.length] ?? 0;
}

/**
 * The book with today's check-in, and the streak. Days are Shanghai's. A missed day starts the ladder again. A
 * second check-in on one day changes nothing, even when the first was dated by a clock slightly ahead of this one.
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

/** A reward to give. */
export interface RewardAsked {
  readonly kind: DailyReward;
  readonly id: string;
  /** How many points it is. */
  readonly points: number;
  /** Whether it can be spent only later, once the purchase that earned it can no longer be given back. */
  readonly isPending: boolean;
  readonly now: TimeMs;
}

/** The book with one more reward of a kind; null when the daily limit is reached. */
export function reward(book: PointsBook, asked: RewardAsked): PointsBook | null {
  const { kind, id, points, isPending, now } = asked;
  const { perDayMax } = REWARDS[kind];
  const last = book.account.rewards;
  // Around midnight, a clock that is slightly behind must not start the previous day again.
  const rewards = last !== null && last.day >= dayOf(now) ? last : { day: dayOf(now), counts: {} };
  const count = (rewards.counts[kind] ?? 0) + 1;
  if (count > perDayMax) return null;
  const why = { id, cause: kind, orderId: null, reason: null } as const;
  const after = isPending ? promise(book, why, points, now) : earn(book, why, points, now);
  const counts = { ...rewards.counts, [kind]: count };
  return { ...after, account: { ...after.account, rewards: { day: rewards.day, counts } } };
}

/**
 * The points for a friend's order or a finished course. `keptFen` is what was paid for it and not refunded. The points
 * are at most a share of that, rounded down. Below the minimum they are 0.
 */
export function rewardFor(
  kind: 'friend_bought' | 'course_finished',
  keptFen: number,
  selling: Pick<Selling, 'rewardShareMax' | 'rewardOrderMinFen'>,
): number {
  if (keptFen < selling.rewardOrderMinFen) return 0;
  return Math.min(REWARDS[kind].points, Math.floor((keptFen * selling.rewardShareMax) / 10_000));
}

/**
 * When points earned by somebody else's order become spendable: once the refund window of every line has ended. A
 * policy without automatic refunds counts as the default window, because staff may still refund.
 */
export function rewardDueAtMs(lines: readonly Pick<PricedLine, 'refundPolicy'>[], paidAtMs: TimeMs): TimeMs {
  const plain = DEFAULT_REFUND_POLICY.windowDays;
  const days = Math.max(plain, ...lines.map(({ refundPolicy }) => refundPolicy.windowDays));
  return timeMs(paidAtMs + days * DAY_MS);
}

/**
 * The ids of the entries by which a comment earned points, and by which a removal took them and an appeal gave them
 * back; null for what earns none. The first removal has no number, because there used to be one only.
 */
export function rewardedComment(
  target: ReviewTarget,
  removal: number,
): { readonly given: string; readonly removed: string; readonly restored: string } | null {
  const [kind, id] = target.split(':');
  if (kind !== 'comment') return null;
  const number = removal === 1 ? '' : `:${removal}`;
  return { given: `${id}:approved`, removed: `${id}:removed${number}`, restored: `${id}:restored${number}` };
}
