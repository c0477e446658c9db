/**
 * The pace of background calls to the platforms, as a rate limit of turns. Each turn is an instant. A quarter of the
 * turns is reserved for fresh work, so a backlog of any length does not delay it.
 */
import { MINUTE_MS, SECOND_MS, type TimeMs } from '../../schemas/base.ts';
import { type Pace, type PacePath, Paces } from '../../schemas/payments/pace.ts';

/** The paces when the configuration sets none. */
export const DEFAULT_PACES: Paces = Paces.parse({});

/** `fresh` is work that has just come up; `backlog` is work that has been waiting. */
export type Urgency = 'fresh' | 'backlog';

/** The share of turns that is reserved for fresh work. */
const FRESH_SHARE = 0.25;
/** Turns are taken for this long at a time. */
const SLICE_MS = SECOND_MS / 2;
/** A turn is given at most this far ahead. A later caller has to ask again, so that fresh work need not queue. */
const AHEAD_MAX_MS = SECOND_MS;
/** The slowest rate: one call in two seconds. */
const SLOWEST = 0.5;
/** After this long the rate is twice what it was lowered to. */
const RECOVERY_MS = MINUTE_MS;
/** Refusals for calling too often within this time count as one. */
const HASTE_MS = SECOND_MS;

/** The pace of a path that was not used yet. */
export function newPace(id: PacePath): Pace {
  return { id, freshNextAtMs: 0, backlogNextAtMs: 0, slowedTo: null, slowedAtMs: 0 };
}

/** The number of calls per second allowed now. `full` is the configured rate. */
export function paceAt({ slowedTo, slowedAtMs }: Pace, full: number, now: TimeMs): number {
  if (slowedTo === null) return full;
  return Math.min(full, slowedTo * (1 + Math.max(0, now - slowedAtMs) / RECOVERY_MS));
}

/**
 * Takes the next turns: at least one, and at most `wanted` or half a second's worth. What is taken and not used is
 * lost to everybody, so who knows how many calls are left wants no more. No turn when the next free one is more than a
 * second ahead. Fresh work may also take turns of the backlog, but not the other way round.
 */
export function takeTurns(
  pace: Pace,
  asked: { readonly full: number; readonly urgency: Urgency; readonly now: TimeMs; readonly wanted: number },
): { readonly pace: Pace; readonly turnsAtMs: readonly number[] } {
  const { full, urgency, now, wanted } = asked;
  const isFresh = urgency === 'fresh' && pace.freshNextAtMs <= Math.max(now, pace.backlogNextAtMs);
  const line = isFresh ? 'freshNextAtMs' : 'backlogNextAtMs';
  const share = isFresh ? FRESH_SHARE : 1 - FRESH_SHARE;
  const intervalMs = SECOND_MS / (paceAt(pace, full, now) * share);
  const firstAtMs = Math.max(now, pace[line]);
  if (firstAtMs > now + AHEAD_MAX_MS) return { pace, turnsAtMs: [] };
  const count = Math.max(1, Math.min(wanted, Math.floor(SLICE_MS / intervalMs)));
  const turnsAtMs = Array.from({ length: count }, (_, n) => firstAtMs + n * intervalMs);
  return { pace: { ...pace, [line]: firstAtMs + count * intervalMs }, turnsAtMs };
}

/** The pace after the platform said that we call too often: half the present rate. */
export function slowedDown(pace: Pace, full: number, now: TimeMs): Pace {
  if (pace.slowedTo !== null && now < pace.slowedAtMs + HASTE_MS) return pace;
  return { ...pace, slowedTo: Math.max(SLOWEST, paceAt(pace, full, now) / 2), slowedAtMs: now };
}
