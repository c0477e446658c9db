/** The days on which somebody learns. Days are Shanghai's, by our clock. */
import type { TimeMs } from '../../schemas/base.ts';
import {
  DAYS_MAX,
  type LearnedDay,
  type Learner,
  type LearningView,
} from '../../schemas/learning/progress.ts';
import { dayAfter, dayOf } from '../day.ts';

/** How much has to be learned for a day to count among the days in a row, unless a lesson is finished: five minutes. */
const STREAK_SECONDS = 300;

/** The learner with something learned today. */
export function withLearned(
  learner: Learner,
  { seconds, lessons }: Pick<LearnedDay, 'seconds' | 'lessons'>,
  now: TimeMs,
): Learner {
  const last = learner.days.at(-1);
  // Around midnight, a clock that is slightly behind must not begin the previous day again.
  const isLast = last !== undefined && last.day >= dayOf(now);
  const before = isLast ? last : { day: dayOf(now), seconds: 0, lessons: 0 };
  const today = { ...before, seconds: before.seconds + seconds, lessons: before.lessons + lessons };
  const earlier = isLast ? learner.days.slice(0, -1) : learner.days;
  const days = [...earlier, today].slice(-DAYS_MAX);
  const isEnough = today.seconds >= STREAK_SECONDS || today.lessons > 0;
  return { ...learner, days, streak: isEnough ? streakWith(learner.streak, today.day) : learner.streak };
}

function streakWith(before: Learner['streak'], day: string): Learner['streak'] {
  if (before !== null && before.day >= day) return before;
  const count = before?.day === dayAfter(day, -1) ? before.count + 1 : 1;
  return { day, count, best: Math.max(count, before?.best ?? 0) };
}

/** The last seven days, today last, and the days in a row. These last until a whole day has passed without learning. */
export function lastDays(
  learner: Pick<Learner, 'days' | 'streak'> | null,
  now: TimeMs,
): Pick<LearningView, 'week' | 'streak'> {
  const today = dayOf(now);
  const known = new Map((learner?.days ?? []).map((day) => [day.day, day]));
  const week = Array.from({ length: 7 }, (_, index) => {
    const day = dayAfter(today, index - 6);
    return known.get(day) ?? { day, seconds: 0, lessons: 0 };
  });
  const streak = learner?.streak ?? null;
  const isLive = streak !== null && streak.day >= dayAfter(today, -1);
  return { week, streak: { count: isLive ? streak.count : 0, best: streak?.best ?? 0 } };
}
