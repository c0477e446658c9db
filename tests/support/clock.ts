import type { Clock } from '../../shared/ports/clock.ts';
import { type TimeMs, timeMs } from '../../shared/schemas/base.ts';

/** Where virtual time begins: a weekday afternoon in Beijing. */
export const START_MS = Date.UTC(2026, 10, 23, 6, 0, 0);

interface Job {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => unknown;
}

/** Time that moves only when it is told to. */
export interface VirtualClock extends Clock {
  /** Moves time at once. What was scheduled until then runs with `runDue`. */
  advance(ms: number): void;
  /** Has `run` wait until time has come so far. */
  schedule(delayMs: number, run: () => unknown): void;
  /** Runs, one after the other and in the order of their times, what is due; answers how many ran. */
  runDue(): Promise<number>;
  /** When the next job is due; null when none waits. */
  nextAtMs(): TimeMs | null;
}

export function virtualClock(startMs = START_MS): VirtualClock {
  let now = startMs;
  let order = 0;
  let jobs: Job[] = [];
  return {
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
