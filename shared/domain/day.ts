/** The shop's calendar. Days begin at midnight in Shanghai, which is eight hours ahead of UTC all year. */
import { DAY_MS, HOUR_MS, type TimeMs, timeMs } from '../schemas/base.ts';
import type { Day } from '../schemas/books/journal.ts';

const AHEAD_MS = 8 * HOUR_MS;

const dayOfUtc = (ms: number): Day => new Date(ms).toISOString().slice(0, 10);

/** The Shanghai day that contains an instant. */
export function dayOf(atMs: TimeMs): Day {
  return dayOfUtc(atMs + AHEAD_MS);
}

function utcStartMs(day: Day): number {
  const startMs = Date.parse(`${day}T00:00:00.000Z`);
  if (Number.isNaN(startMs) || dayOfUtc(startMs) !== day) throw new RangeError(`no day: ${day}`);
  return startMs;
}

/** The first instant of a day. @throws RangeError for an impossible date, or one before 1970 */
export function dayStartMs(day: Day): TimeMs {
  return timeMs(utcStartMs(day) - AHEAD_MS);
}

/** The day a number of days later; earlier when negative. @throws RangeError for an impossible date */
export function dayAfter(day: Day, days: number): Day {
  return dayOfUtc(utcStartMs(day) + days * DAY_MS);
}
