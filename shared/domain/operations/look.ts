/** When the nightly look begins, continues and ends. A run starts every ten minutes, from 3:10 until 5:50. */
import { HOUR_MS, MINUTE_MS, type TimeMs } from '../../schemas/base.ts';
import type { Look, LookPlace } from '../../schemas/operations/look.ts';
import { dayOf, dayStartMs } from '../day.ts';

const RUNS_EVERY_MS = 10 * MINUTE_MS;

/** When the night ends: at six o'clock in Shanghai, as milliseconds after midnight. */
const NIGHT_MS = 6 * HOUR_MS;

/**
 * Where a run begins: where an unfinished look stopped, in this night or an earlier one; otherwise at `beginning`. Null
 * when a look has already ended in this night.
 */
export function placeToBegin(before: Look | null, beginning: LookPlace, now: TimeMs): LookPlace | null {
  if (before === null) return beginning;
  return before.place ?? (before.night === dayOf(now) ? null : beginning);
}

/** Whether two stored looks are at the same place, stored at the same moment. */
export function isSameLook(one: Look | null, other: Look | null): boolean {
  return (
    one?.updatedAtMs === other?.updatedAtMs &&
    one?.night === other?.night &&
    one?.place?.part === other?.place?.part &&
    one?.place?.cursor === other?.place?.cursor
  );
}

/** Whether this run is the last of its night. True for every run by day. */
export function isLastOfNight(now: TimeMs): boolean {
  return now + RUNS_EVERY_MS >= dayStartMs(dayOf(now)) + NIGHT_MS;
}
