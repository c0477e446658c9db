/**
 * A retry budget: retries are limited to a fifth of all calls, so that retries do not bury a service that is down.
 */

/** Counted in fifths of a retry. A call earns one, a retry costs five. */
const TRY = 5;
/** Enough for a few failures in a row after a quiet time, also in a new process. */
const AT_FIRST = 2 * TRY;
const MAX = 10 * TRY;

/** A retry budget. */
export class RetryBudget {
  #fifths = AT_FIRST;

  /** Counts a first call. */
  called(): void {
    this.#fifths = Math.min(MAX, this.#fifths + 1);
  }

  /** Takes the cost of one retry; false when the budget does not suffice. */
  take(): boolean {
    if (this.#fifths < TRY) return false;
    this.#fifths -= TRY;
    return true;
  }
}
