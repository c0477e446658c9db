/** Months as people count them: in Shanghai, which is eight hours ahead of UTC all year. */
import { DAY_MS, HOUR_MS, type TimeMs, timeMs } from '../schemas/base.ts';

const AHEAD_MS = 8 * HOUR_MS;

/** The last instant there is: what would end later ends then. */
const TIME_MAX_MS = timeMs(9_999_999_999_999);

/** The instant, or the last one there is. */
export function atMost(ms: number): TimeMs {
  return timeMs(Math.min(ms, TIME_MAX_MS));
}

/**
 * The same day of the month and time of day, so many months later; the month's last day where it has no such day: a
 * month from 31 January is 28 or 29 February.
 */
export function addMonths(at: TimeMs, months: number): TimeMs {
  const local = new Date(at + AHEAD_MS);
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth() + months, local.getUTCDate()];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const timeOfDayMs = (at + AHEAD_MS) % DAY_MS;
  return atMost(Date.UTC(year, month, Math.min(day, lastDay)) + timeOfDayMs - AHEAD_MS);
}
