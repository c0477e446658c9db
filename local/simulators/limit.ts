/** A limit on calls, such as platforms have. */
import type { Clock } from '../../shared/ports/clock.ts';

/** Counts the calls in each second of the clock. `perSecondMax` may be changed at any time; null is no limit. */
export class CallLimit {
  perSecondMax: number | null = null;
  /** How many calls were refused so far. Below, the most calls that were let through in one second. */
  refusedCount = 0;
  busiestSecond = 0;
  readonly #clock: Clock;
  #second = -1;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a call, and answers whether it exceeds the limit. */
  isTooMany(): boolean {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#count = 0;
    }
    if (this.perSecondMax !== null && this.#count >= this.perSecondMax) {
      this.refusedCount += 1;
      return true;
    }
    this.#count += 1;
    this.busiestSecond = Math.max(this.busiestSecond, this.#count);
    return false;
  }
}
