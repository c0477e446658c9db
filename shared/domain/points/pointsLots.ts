/**
 * Lots: points that expire at the same moment. A list of lots is sorted by end, each end once, and no lot is empty.
 */
import { DAY_MS, type TimeMs } from '../../schemas/base.ts';
import type { PointsLot } from '../../schemas/points/points.ts';
import { dayAfter, dayOf, dayStartMs } from '../day.ts';

/**
 * How long points are valid: 12 months and to the end of that month, so that a year's points expire at few moments.
 */
export const VALID_MONTHS = 12;

/** How long points given back by a refund are valid at least: 7 days, whatever their old end. */
export const GRACE_DAYS = 7;

/**
 * When points earned now expire (exclusive): at the end of the same month next year, in Shanghai. Example: points
 * earned on 5 March 2026 expire at the start of 1 April 2027.
 */
export function earnedUntilMs(now: TimeMs): TimeMs {
  const [year = 0, month = 0] = dayOf(now).split('-').map(Number);
  const months = year * 12 + month + VALID_MONTHS;
  const [nextYear, nextMonth] = [Math.floor(months / 12), (months % 12) + 1];
  return dayStartMs(`${nextYear}-${String(nextMonth).padStart(2, '0')}-01`);
}

/** The earliest end of points given back now (exclusive): the end of the seventh day after today, in Shanghai. */
export function graceUntilMs(now: TimeMs): TimeMs {
  return dayStartMs(dayAfter(dayOf(now), GRACE_DAYS + 1));
}

/** The number of points in the lots. */
export function sumOf(lots: readonly PointsLot[]): number {
  return lots.reduce((sum, { remaining }) => sum + remaining, 0);
}

/** All lots as one sorted list; lots with the same end become one. The input may be in any order. */
export function mergeLots(...lists: readonly (readonly PointsLot[])[]): PointsLot[] {
  const byEnd = new Map<TimeMs, number>();
  for (const { expiresAtMs, remaining } of lists.flat()) {
    byEnd.set(expiresAtMs, (byEnd.get(expiresAtMs) ?? 0) + remaining);
  }
  return [...byEnd]
    .map(([expiresAtMs, remaining]) => ({ expiresAtMs, remaining }))
    .sort((a, b) => a.expiresAtMs - b.expiresAtMs);
}

/**
 * `count` points taken from the lots, earliest end first, and the lots that are left. Example: 80 from [50 until
 * March, 60 until June] takes both [50, 30] and leaves [30 until June].
 * @throws RangeError when `count` is more than there is
 */
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

/**
 * How many points expire within `days` days, and when the first of them do. Lots that have already expired do not
 * count.
 */
export function endingWithin(
  lots: readonly PointsLot[],
  days: number,
  now: TimeMs,
): { readonly count: number; readonly firstAtMs: TimeMs | null } {
  const ending = lots.filter(({ expiresAtMs }) => expiresAtMs > now && expiresAtMs <= now + days * DAY_MS);
  return { count: sumOf(ending), firstAtMs: ending[0]?.expiresAtMs ?? null };
}
