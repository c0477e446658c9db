/** At most `max` attempts in each window of `windowMs`, which begins with the first of them. */
export interface AttemptLimit {
  readonly max: number;
  readonly windowMs: number;
}

/**
 * Counts attempts at what must not be guessed or worn out: passwords, codes, second factors. Unlike the cache it
 * forgets nothing before its time: all processes count together, a restart changes nothing, and other keys push none
 * out. Each count may cost a transaction, so only what is guarded is counted here.
 */
export interface Attempts {
  /**
   * Counts one attempt, before what is guarded is looked at: attempts at the same moment are counted one by one. What
   * is refused is not counted. `what` names the thing that is guarded, and is kept as a digest only.
   * @throws request.too_many when there were `max` in this window, with how long to wait in `params.retryAfterSeconds`
   */
  count(what: string, limit: AttemptLimit): Promise<void>;
  /** Takes one attempt back, because it was no guess: it was right. Does nothing when none is counted. */
  giveBack(what: string): Promise<void>;
}
