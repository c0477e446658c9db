import type { Meter } from './database.ts';

/** A limit: at most `max` attempts in each window of `windowMs`, which begins with its first attempt. */
export interface AttemptLimit {
  readonly max: number;
  readonly windowMs: number;
}

/**
 * Counts attempts at things that must not be guessed or exhausted: passwords, codes, second factors. Unlike the
 * cache it forgets nothing early: all processes share the counts, a restart keeps them, and other keys do not evict
 * them. Each count may cost a transaction, so it is only used for guarded things.
 */
export interface Attempts {
  /**
   * Counts one attempt. It must be called before the guarded thing is checked. Concurrent attempts are counted one
   * by one; refused attempts are not counted. `what` names the guarded thing, and only a digest of it is stored.
   * @throws request.too_many after `max` attempts in this window, with `params.retryAfterSeconds`
   */
  count(what: string, limit: AttemptLimit): Promise<void>;
  /** Takes one attempt back, because it was correct and so no guess. Does nothing when none is counted. */
  giveBack(what: string): Promise<void>;
  /** The same counts for one call, whose costs are counted on this meter. */
  metered(meter: Meter): Attempts;
}
