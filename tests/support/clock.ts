import type { Clock } from '../../shared/ports/clock.ts';
import type { Loop } from '../../shared/ports/loop.ts';
import { type TimeMs, timeMs } from '../../shared/schemas/base.ts';

/** The start of virtual time: a weekday afternoon in Beijing. */
export const START_MS = Date.UTC(2026, 10, 23, 6, 0, 0);

/** A loop that never yields, because the time that work takes on a machine must not change the history. */
export const endlessTurn: Loop = { giveWay: () => null };

/** The turns of the event loop that running work gets before time passes: enough for a few reads and a commit. */
const TURNS = 3;

interface Job {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => unknown;
}

/** A clock that moves only when it is told to. */
export interface VirtualClock extends Clock {
  /** Moves time on at once. Jobs that became due run at the next `runDue`. */
  advance(ms: number): void;
  /** Schedules `run` after `delayMs`. */
  schedule(delayMs: number, run: () => unknown): void;
  /** Runs the due jobs, one after the other in the order of their times. Answers how many ran. */
  runDue(): Promise<number>;
  /**
   * Passes time by waiting, without really waiting. The shortest waiter continues first, once running work has had a
   * few turns, and then finds that its time has come.
   */
  pause(ms: number): Promise<void>;
  /** When the next job is due; null when there is none. */
  nextAtMs(): TimeMs | null;
}

export function virtualClock(startMs = START_MS): VirtualClock {
  let now = startMs;
  let order = 0;
  let jobs: Job[] = [];
  const sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  let isWaking = false;
  const wakeAll = async () => {
    isWaking = true;
    while (sleepers.length > 0) {
      for (let turn = 0; turn < TURNS; turn += 1) await new Promise(setImmediate);
      sleepers.sort((left, right) => left.atMs - right.atMs);
      const next = sleepers.shift();
      now = Math.max(now, next?.atMs ?? now);
      next?.wake();
    }
    isWaking = false;
  };
  return {
    pause: (ms) =>
      new Promise((wake) => {
        sleepers.push({ atMs: now + ms, wake });
        if (!isWaking) void wakeAll();
      }),
    now: () => timeMs(now),
    advance: (ms) => {
      now += ms;
    },
    schedule: (delayMs, run) => {
      order += 1;
      jobs.push({ atMs: now + delayMs, order, run });
      jobs.sort((left, right) => left.atMs - right.atMs || left.order - right.order);
    },
    runDue: async () => {
      const due = jobs.filter((job) => job.atMs <= now);
      jobs = jobs.filter((job) => job.atMs > now);
      for (const job of due) await job.run();
      return due.length;
    },
    nextAtMs: () => (jobs[0] === undefined ? null : timeMs(jobs[0].atMs)),
  };
}
