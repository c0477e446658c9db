/** The quiet hours: from 22:00 to 08:00 in Shanghai nobody is sent what may wait. */
import { HOUR_MS, MINUTE_MS, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import { dayAfter, dayOf, dayStartMs } from '../day.ts';

const QUIET_FROM_MS = 22 * HOUR_MS;
const QUIET_UNTIL_MS = 8 * HOUR_MS;
/** What waited goes out within this time, each user's at a moment of their own, so that it does not come at once. */
const SPREAD_MS = 30 * MINUTE_MS;

/** A moment within the spread, always the same for a user. */
function momentOf(userId: UserId): number {
  let hash = 0;
  for (const character of userId) hash = (hash * 31 + character.charCodeAt(0)) % 1_000_003;
  return hash % SPREAD_MS;
}

/** When this user may be sent something that may wait: now, or in the morning after the quiet hours. */
export function wakingAtMs(userId: UserId, now: TimeMs): TimeMs {
  const today = dayOf(now);
  const sinceMidnightMs = now - dayStartMs(today);
  if (sinceMidnightMs >= QUIET_UNTIL_MS && sinceMidnightMs < QUIET_FROM_MS) return now;
  const day = sinceMidnightMs < QUIET_UNTIL_MS ? today : dayAfter(today, 1);
  return timeMs(dayStartMs(day) + QUIET_UNTIL_MS + momentOf(userId));
}
