/** The shop's calendar: days begin and end at midnight in Shanghai, which is eight hours ahead of UTC all year. */
import { DAY_MS, HOUR_MS, type TimeMs, timeMs } from '../schemas/base.ts';
import type { Day } from '../schemas/journal.ts';

const AHEAD_MS = 8 * HOUR_MS;

/** The day an instant belongs to. */
export function dayOf(atMs: TimeMs): Day {
  return new Date(atMs + AHEAD_MS).toISOString().slice(0, 10);
}

/** The first instant of a day. @throws RangeError for a day that no calendar has */
export function dayStartMs(day: Day): TimeMs {
  const startMs = Date.parse(`${day}T00:00:00.000Z`);
  const start = timeMs(startMs - AHEAD_MS);
  if (dayOf(start) !== day) throw new RangeError(`no day: ${day}`);
  return start;
}

/** The day so many days later, or earlier when negative. */
export function dayAfter(day: Day, days: number): Day {
  return dayOf(timeMs(dayStartMs(day) + days * DAY_MS));
}
