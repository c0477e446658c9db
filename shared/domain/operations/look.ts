/** When the nightly look begins, goes on and ends. Its runs begin every ten minutes, from 3:10 until 5:50. */
import { HOUR_MS, MINUTE_MS, type TimeMs } from '../../schemas/base.ts';
import type { Look, LookPlace } from '../../schemas/operations/look.ts';
import { dayOf, dayStartMs } from '../day.ts';

const RUNS_EVERY_MS = 10 * MINUTE_MS;

/** When the night is over, in Shanghai: at six. */
const NIGHT_MS = 6 * HOUR_MS;

/**
 * Where a run begins: where the look before it has stopped, in whichever night that was, otherwise at the beginning. Null
 * when there is nothing to do, because a look has ended in this night.
 */
export function placeToBegin(before: Look | null, beginning: LookPlace, now: TimeMs): LookPlace | null {
  if (before === null) return beginning;
  return before.place ?? (before.night === dayOf(now) ? null : beginning);
}

/** Whether no other run begins in the night of this one. By day there is no other. */
export function isLastOfNight(now: TimeMs): boolean {
  return now + RUNS_EVERY_MS >= dayStartMs(dayOf(now)) + NIGHT_MS;
}
