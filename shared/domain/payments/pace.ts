/**
 * The pace at which platforms are asked what nobody waits for. Each turn is an instant. A quarter of them is kept for
 * what is fresh, so that a backlog of any length delays nothing that has just happened.
 */
import { MINUTE_MS, SECOND_MS, type TimeMs } from '../../schemas/base.ts';
import { type Pace, type PacePath, Paces } from '../../schemas/payments/pace.ts';

/** What is so when nobody has written anything. */
export const DEFAULT_PACES: Paces = Paces.parse({});

/** `fresh` is what has just happened, `backlog` is what has been waiting. */
export type Urgency = 'fresh' | 'backlog';

/** The share of all turns that is kept for what is fresh. */
const FRESH_SHARE = 0.25;
/** Turns are taken for so long at once. */
const SLICE_MS = SECOND_MS / 2;
/** No turn is given that is further ahead: who comes later asks again, and what is fresh need not queue. */
const AHEAD_MAX_MS = SECOND_MS;
/** The slowest that we get: one call in two seconds. */
const SLOWEST = 0.5;
/** After that long the pace is twice what it was slowed to. */
const RECOVERY_MS = MINUTE_MS;
/** Within that long all refusals for being too fast are of the same haste. */
const HASTE_MS = SECOND_MS;

/** The pace of a path that nobody has asked on yet. */
export function newPace(id: PacePath): Pace {
  return { id, freshNextAtMs: 0, backlogNextAtMs: 0, slowedTo: null, slowedAtMs: 0 };
}

/** How many calls a second there may be now; `full` is what the settings allow. */
export function paceAt({ slowedTo, slowedAtMs }: Pace, full: number, now: TimeMs): number {
  if (slowedTo === null) return full;
  return Math.min(full, slowedTo * (1 + Math.max(0, now - slowedAtMs) / RECOVERY_MS));
}

/**
 * The next turns, at least one and for half a second at most, and the pace without them. No turn when the next free one
 * is more than a second ahead. What is fresh may take a turn of the backlog's, and not the other way round.
 */
export function takeTurns(
  pace: Pace,
  asked: { readonly full: number; readonly urgency: Urgency; readonly now: TimeMs },
): { readonly pace: Pace; readonly turnsAtMs: readonly number[] } {
  const { full, urgency, now } = asked;
  const isFresh = urgency === 'fresh' && pace.freshNextAtMs <= Math.max(now, pace.backlogNextAtMs);
  const line = isFresh ? 'freshNextAtMs' : 'backlogNextAtMs';
  const share = isFresh ? FRESH_SHARE : 1 - FRESH_SHARE;
  const intervalMs = SECOND_MS / (paceAt(pace, full, now) * share);
  const firstAtMs = Math.max(now, pace[line]);
  if (firstAtMs > now + AHEAD_MAX_MS) return { pace, turnsAtMs: [] };
  const count = Math.max(1, Math.floor(SLICE_MS / intervalMs));
  const turnsAtMs = Array.from({ length: count }, (_, n) => firstAtMs + n * intervalMs);
  return { pace: { ...pace, [line]: firstAtMs + count * intervalMs }, turnsAtMs };
}

/** The pace after the platform has said that we ask too often: half of what it was. */
export function slowedDown(pace: Pace, full: number, now: TimeMs): Pace {
  if (pace.slowedTo !== null && now < pace.slowedAtMs + HASTE_MS) return pace;
  return { ...pace, slowedTo: Math.max(SLOWEST, paceAt(pace, full, now) / 2), slowedAtMs: now };
}
