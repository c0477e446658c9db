import type { Clock } from '../../shared/ports/clock.ts';
import { timeMs } from '../../shared/schemas/base.ts';

/** The turns of the event loop that a woken sleeper gets before the next one: enough for a few reads and a commit. */
const TURNS = 3;

/** Time that passes only by waiting. The shortest sleeper is woken first, and nothing really sleeps. */
export function virtualTime(startAtMs = 1_795_000_000_000): {
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
} {
  let now = startAtMs;
  let isRunning = false;
  const sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  async function run(): Promise<void> {
    isRunning = true;
    while (sleepers.length > 0) {
      for (let turn = 0; turn < TURNS; turn += 1) await new Promise(setImmediate);
      sleepers.sort((a, b) => a.atMs - b.atMs);
      const next = sleepers.shift();
      now = Math.max(now, next?.atMs ?? now);
      next?.wake();
    }
    isRunning = false;
  }

  return {
    clock: { now: () => timeMs(Math.floor(now)) },
    pause: (ms) =>
      new Promise((wake) => {
        sleepers.push({ atMs: now + ms, wake });
        if (!isRunning) void run();
      }),
  };
}
