/** The process's event loop, and when long work yields to it. */
import type { Loop } from '../../ports/loop.ts';

/**
 * How long work may hold the loop. It is a fifth of what a caller would notice, and 200 times the cost of a turn of the
 * loop.
 */
export const HOLD_MS = 10;

/**
 * A loop to which work yields when it has not turned for `HOLD_MS`. All work shares this measure. Work that asks while
 * a turn is already awaited waits for the same turn.
 */
export function eventLoop({
  now,
  turn,
}: {
  /** The time of a monotonic clock, in milliseconds. */
  readonly now: () => number;
  /** Calls `turned` once everything else that is ready has run. */
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

/** The event loop of this process. Its age is a monotonic clock for which nothing has to be loaded. */
export const systemLoop: Loop = eventLoop({ now: () => process.uptime() * 1_000, turn: setImmediate });
