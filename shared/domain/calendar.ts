/** Calendar months in Shanghai, which is eight hours ahead of UTC all year. */
import { DAY_MS, HOUR_MS, type TimeMs, timeMs } from '../schemas/base.ts';

const AHEAD_MS = 8 * HOUR_MS;

/** The last representable instant. Anything that would end later ends then. */
const TIME_MAX_MS = timeMs(9_999_999_999_999);

/** The instant, or the last representable one if it is later. */
export function atMost(ms: number): TimeMs {
  return timeMs(Math.min(ms, TIME_MAX_MS));
}

/**
 * The same day and time of day a number of months later. When that month has no such day, its last day: a month from
 * 31 January is 28 or 29 February.
 */
export function addMonths(at: TimeMs, months: number): TimeMs {
  const local = new Date(at + AHEAD_MS);
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth() + months, local.getUTCDate()];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const timeOfDayMs = (at + AHEAD_MS) % DAY_MS;
  return atMost(Date.UTC(year, month, Math.min(day, lastDay)) + timeOfDayMs - AHEAD_MS);
}
