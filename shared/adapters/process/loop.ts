/** The process's event loop, and when long work gives way to what else is to run on it. */
import type { Loop } from '../../ports/loop.ts';

/** How long work may hold the loop: a fifth of what a caller would notice, and 200 times what a turn of the loop costs. */
export const HOLD_MS = 10;

/**
 * A loop that is given way to when it has not turned for `HOLD_MS`. All work shares one measure: whoever asks while the
 * loop is about to turn waits for the same turn.
 */
export function eventLoop({
  now,
  turn,
}: {
  /** Milliseconds of a clock that never steps back. */
  readonly now: () => number;
  /** Calls back once everything else that is ready has run. */
  readonly turn: (turned: () => void) => void;
}): Loop {
  let turnedAtMs = now();
  let turning: Promise<void> | null = null;
  return {
    giveWay: () => {
      if (turning === null && now() - turnedAtMs >= HOLD_MS) {
        turning = new Promise((resolve) =>
          turn(() => {
            turning = null;
            turnedAtMs = now();
            resolve();
          }),
        );
      }
      return turning;
    },
  };
}

/** The one of this process. */
export const systemLoop: Loop = eventLoop({ now: () => performance.now(), turn: setImmediate });
