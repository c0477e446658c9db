/** The rules of points that are earned by doing something other than buying. */
import type { TimeMs } from '../../schemas/base.ts';
import type { DailyReward, PointsAccount } from '../../schemas/points/points.ts';
import { dayAfter, dayOf } from '../day.ts';
import { earn, type PointsBook } from './points.ts';

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

/** The book with one more reward of a kind, or null when today had as many as a day may have. */
export function reward(
  book: PointsBook,
  asked: { readonly kind: DailyReward; readonly id: string; readonly now: TimeMs },
): PointsBook | null {
  const { kind, id, now } = asked;
  const { points, perDayMax } = REWARDS[kind];
  const last = book.account.rewards;
  // A clock that runs a little behind another, around midnight, does not begin the day before anew.
  const rewards = last !== null && last.day >= dayOf(now) ? last : { day: dayOf(now), counts: {} };
  const count = (rewards.counts[kind] ?? 0) + 1;
  if (count > perDayMax) return null;
  const after = earn(book, { id, cause: kind, orderId: null, reason: null }, points, now);
  const counts = { ...rewards.counts, [kind]: count };
  return { ...after, account: { ...after.account, rewards: { day: rewards.day, counts } } };
}
