/** How much asking again is allowed: a fifth of all calls, so that what is down is not buried under second tries. */

/** In fifths of a try: a call earns one, a second try costs five. */
const TRY = 5;
/** Enough for a few failures in a row after a quiet time, also in a process that has just begun. */
const AT_FIRST = 2 * TRY;
const MAX = 10 * TRY;

/** What second tries are paid from: each call puts a fifth of one in. */
export class RetryBudget {
  #fifths = AT_FIRST;

  /** Counts a call that is made for the first time. */
  called(): void {
    this.#fifths = Math.min(MAX, this.#fifths + 1);
  }

  /** Takes what one more try costs; false when it is not there. */
  take(): boolean {
    if (this.#fifths < TRY) return false;
    this.#fifths -= TRY;
    return true;
  }
}
