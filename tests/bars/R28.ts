import { ENGINES } from '../support/keptStore.ts';
import { bar } from './bar.ts';
import { chaos } from './chaosRun.ts';

/** The longest that the product may take to end. The platform kills it after that. */
const END_MAX_MS = 5_000;

/**
 * The product is told to end at random moments, and started again at once.
 *
 * Seen red: without a handler for the signal, each process that is told to end has no exit code of its own.
 */
export const R28 = bar({
  proves:
    'told to end under load, the product ends well within five seconds, and loses nothing it has acknowledged',
  flags: { journeys: 150, ends: 50 },
  brief: { journeys: 16, ends: 3 },
  engines: ENGINES,
  run: async ({ seed, flags, engine }) => {
    const { journeys, ends } = flags;
    const { isWell, measured } = chaos({ seed, journeys, kills: ends, engine, isGentle: true });
    const isQuick = Number(measured.endMaxMs) <= END_MAX_MS;
    // The last journeys may end before the product has been ended that often.
    const isOften = Number(measured.kills) >= Math.min(ends, 3);
    return { pass: isWell && isQuick && isOften, measured };
  },
});
