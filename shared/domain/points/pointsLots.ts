/** Lots: points that end at the same moment. Lists of them are sorted, soonest end first, each end once, none empty. */
import { DAY_MS, type TimeMs } from '../../schemas/base.ts';
import type { PointsLot } from '../../schemas/points/points.ts';
import { dayAfter, dayOf, dayStartMs } from '../day.ts';

/** How long points are good for: a year, and on to the end of that month, so that a year of them ends in few moments. */
export const VALID_MONTHS = 12;

/** What is given back by a refund is good for this long at least, whenever it would have ended: 7 days. */
export const GRACE_DAYS = 7;

/** When points that are earned now end, exclusive: with the same month of next year, in Shanghai. */
export function earnedUntilMs(now: TimeMs): TimeMs {
  const [year = 0, month = 0] = dayOf(now).split('-').map(Number);
  const months = year * 12 + month + VALID_MONTHS;
  const [nextYear, nextMonth] = [Math.floor(months / 12), (months % 12) + 1];
  return dayStartMs(`${nextYear}-${String(nextMonth).padStart(2, '0')}-01`);
}

/** The earliest end of what is given back now, exclusive: with the seventh day after this one, in Shanghai. */
export function graceUntilMs(now: TimeMs): TimeMs {
  return dayStartMs(dayAfter(dayOf(now), GRACE_DAYS + 1));
}

/** How many points they are together. */
export function sumOf(lots: readonly PointsLot[]): number {
  return lots.reduce((sum, { remaining }) => sum + remaining, 0);
}

/** Both lists in one: what ends at the same moment is one lot. The lots may come in any order. */
export function mergeLots(...lists: readonly (readonly PointsLot[])[]): PointsLot[] {
  const byEnd = new Map<TimeMs, number>();
  for (const { expiresAtMs, remaining } of lists.flat()) {
    byEnd.set(expiresAtMs, (byEnd.get(expiresAtMs) ?? 0) + remaining);
  }
  return [...byEnd]
    .map(([expiresAtMs, remaining]) => ({ expiresAtMs, remaining }))
    .sort((a, b) => a.expiresAtMs - b.expiresAtMs);
}

/** `count` points taken from them, soonest end first, and what is left. `count` is at most what they are. */
export function takeLots(
  lots: readonly PointsLot[],
  count: number,
): { readonly taken: PointsLot[]; readonly left: PointsLot[] } {
  const taken: PointsLot[] = [];
  const left: PointsLot[] = [];
  let missing = count;
  for (const { expiresAtMs, remaining } of lots) {
    const used = Math.min(remaining, missing);
    missing -= used;
    if (used > 0) taken.push({ expiresAtMs, remaining: used });
    if (used < remaining) left.push({ expiresAtMs, remaining: remaining - used });
  }
  if (missing !== 0) throw new RangeError(`${missing} points more are to be taken than there are`);
  return { taken, left };
}

/** What of them ends within so many days, and when the first of it does; what has ended already does not count. */
export function endingWithin(
  lots: readonly PointsLot[],
  days: number,
  now: TimeMs,
): { readonly count: number; readonly firstAtMs: TimeMs | null } {
  const ending = lots.filter(({ expiresAtMs }) => expiresAtMs > now && expiresAtMs <= now + days * DAY_MS);
  return { count: sumOf(ending), firstAtMs: ending[0]?.expiresAtMs ?? null };
}
