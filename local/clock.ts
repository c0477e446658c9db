import type { Clock } from '../shared/ports/clock.ts';
import { timeMs } from '../shared/schemas/base.ts';

/**
 * The machine's clock plus an offset that can grow. Tests and demos move it on, for example to get tomorrow's bill
 * today.
 */
export interface MovableClock extends Clock {
  /** Moves the clock on by `ms` milliseconds. @throws RangeError for a negative or fractional number */
  move(ms: number): void;
}

/** Makes a clock with this offset from the machine's, in milliseconds. */
export function movableClock(offsetMs = 0): MovableClock {
  let movedMs = offsetMs;
  return {
    now: () => timeMs(Date.now() + movedMs),
    move: (ms) => {
      if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError(`a clock does not move by ${ms} ms`);
      movedMs += ms;
    },
  };
}
