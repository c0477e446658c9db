import type { Clock } from '../shared/ports/clock.ts';
import { timeMs } from '../shared/schemas/base.ts';

/** A clock that goes as the machine's does, from wherever it was moved to: tomorrow's bill can be had today. */
export interface MovableClock extends Clock {
  /** Moves it on by so many milliseconds; never back. @throws RangeError */
  move(ms: number): void;
}

/** Makes one, so many milliseconds away from the machine's. */
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
