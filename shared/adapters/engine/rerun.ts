/** How a transaction's work is run again: a bounded number of times, with full jitter, the first time at once. */
import { fail } from '../../errors.ts';

/** How often `work` is run before the transaction gives up. */
export const RUNS_MAX = 13;

const PAUSE_FIRST_MS = 20;
const PAUSE_MAX_MS = 1_000;

/** What running again needs from outside: chance, 0 ≤ x < 1, and a way to wait. */
export interface Rerun {
  readonly random: () => number;
  readonly pause: (ms: number) => Promise<void>;
}

/** What became of one run: it ended with a value, or it was in conflict and has to be run again. */
export type RunEnd<T> = { readonly value: T } | 'conflict';

/**
 * Runs until a run ends with a value. Before the third run and each later one it waits a random time below
 * min(1 s, 20 ms · 2^k), so that those who collided do not meet again.
 * @throws database.conflict after RUNS_MAX runs
 */
export async function runUntilDone<T>(run: () => Promise<RunEnd<T>>, { random, pause }: Rerun): Promise<T> {
  for (let k = 0; k < RUNS_MAX; k += 1) {
    if (k > 1) await pause(random() * Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** (k - 1)));
    const end = await run();
    if (end !== 'conflict') return end.value;
  }
  throw fail('database.conflict', { detail: `gave up after ${RUNS_MAX} runs` });
}
