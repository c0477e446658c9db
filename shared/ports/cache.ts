import type { TimeMs } from '../schemas/base.ts';

/** A cache. It may forget anything at any time. */
export interface Cache {
  /**
   * The value under `key`. It is loaded once, however many callers ask at the same time. A loaded `null` is also
   * remembered, for a tenth of `ttlMs`, so that a missing key does not flood the database. Lifetimes vary by ±10 %.
   */
  remember<T>(key: string, ttlMs: number, load: () => Promise<T>): Promise<T>;
  forget(key: string): Promise<void>;
  /**
   * Adds one to a counter that starts at 0 and ends `windowMs` after its first count. Resolves to the count and the
   * end.
   */
  count(key: string, windowMs: number): Promise<{ readonly count: number; readonly endsAtMs: TimeMs }>;
}
