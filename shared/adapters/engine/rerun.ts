/**
 * Running a transaction's work again after a conflict: a bounded number of times, the first time at once, then with
 * exponential backoff and full jitter.
 */
import { type AppError, fail } from '../../errors.ts';
import type { Meter } from '../../ports/database.ts';

/** How many times `work` is run before the transaction gives up. */
export const RUNS_MAX = 13;

const PAUSE_FIRST_MS = 20;
const PAUSE_MAX_MS = 1_000;

/** The random numbers (0 ≤ x < 1) and the way to wait that rerunning needs. */
export interface Rerun {
  readonly random: () => number;
  readonly pause: (ms: number) => Promise<void>;
}

/**
 * The end of one run: its value, or the reason why it has to run again: a conflict, or a failure of the engine that
 * may soon be over.
 */
export type RunEnd<T> = { readonly value: T } | 'conflict' | { readonly failure: AppError };

/**
 * Runs until a run ends with a value. Before the third run and each later one it waits a random time below min(1 s,
 * 20 ms · 2^k), so that runs that collided do not collide again.
 * Each run but the first is counted on the meter.
 * @throws the failure that the last of RUNS_MAX runs ended with, or database.conflict
 */
export async function runUntilDone<T>(
  run: () => Promise<RunEnd<T>>,
  { random, pause }: Rerun,
  meter: Pick<Meter, 'reruns'> | null = null,
): Promise<T> {
  let failure: AppError | null = null;
  for (let k = 0; k < RUNS_MAX; k += 1) {
    if (k > 1) await pause(random() * Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** (k - 1)));
    if (k > 0 && meter !== null) meter.reruns += 1;
    const end = await run();
    if (end !== 'conflict' && 'value' in end) return end.value;
    failure = end === 'conflict' ? null : end.failure;
  }
  throw failure ?? fail('database.conflict', { detail: `gave up after ${RUNS_MAX} runs` });
}
