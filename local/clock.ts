import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
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

/**
 * The same, which remembers in this file how far it was moved. A clock that goes back at the next start would make what
 * was stored meanwhile lie in the future: codes of staff would be refused as used for as long.
 */
export function keptClock(file: string): MovableClock {
  let movedMs: number = existsSync(file) ? Number(JSON.parse(readFileSync(file, 'utf8'))) : 0;
  const clock = movableClock(movedMs);
  return {
    now: clock.now,
    move: (ms) => {
      clock.move(ms);
      movedMs += ms;
      // A start that is cut off leaves no half file.
      writeFileSync(`${file}.new`, JSON.stringify(movedMs));
      renameSync(`${file}.new`, file);
    },
  };
}
