import { isSteady, steadily } from '../load/steady.ts';
import { ENGINES } from '../support/keptStore.ts';
import { bar } from './bar.ts';

/**
 * Buyers on both rails and guests come at a rate, while notices come twice, late or never, the cache goes away, and on
 * a server connections are killed. `npm run load` is the same with a product that is killed too.
 *
 * Seen red: when the broker loses most signals, tasks wait for the sweep; when a claimed coupon is not taken from the
 * stock, each look says so; when each request leaves 30 kB behind, memory grows by 41 % in four minutes. On MySQL it is
 * the deployed units; when nobody calls `events` for them, 99 of 100 tasks take 35 seconds.
 */
export const R29 = bar({
  proves:
    'under steady load with faults in the background nothing stored contradicts itself at any moment, tasks are done in seconds, and memory stays',
  flags: { minutes: 30, rps: 50 },
  brief: { minutes: 0.3, rps: 20 },
  engines: ENGINES,
  run: async ({ seed, flags, engine, note }) => {
    const found = await steadily({ ...flags, seed, engine, isKilled: false, note });
    return { pass: isSteady(found), measured: found.measured };
  },
});
