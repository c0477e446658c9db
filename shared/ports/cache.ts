import type { TimeMs } from '../schemas/base.ts';

/** A shared scratchpad that may forget anything at any time. */
export interface Cache {
  /**
   * The value under `key`, loaded once however many ask at the same time. A loaded `null` is remembered too (for a
   * tenth of the time), so that a missing key does not reach the database as a storm; lifetimes vary by ±10 %.
   */
  remember<T>(key: string, ttlMs: number, load: () => Promise<T>): Promise<T>;
  forget(key: string): Promise<void>;
  /** Adds one to a counter that starts at 0 and ends `windowMs` after its first count. Answers count and end. */
  count(key: string, windowMs: number): Promise<{ readonly count: number; readonly endsAtMs: TimeMs }>;
}
