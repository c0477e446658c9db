import { ENGINES } from '../support/keptStore.ts';
import { bar } from './bar.ts';
import { chaos } from './chaosRun.ts';

/** Seen red: when notices are answered before the commit, the chaos run counts lost acknowledged writes. */
export const R02 = bar({
  proves:
    'killed at random moments under load on both rails, the product loses nothing it has acknowledged and does nothing twice',
  flags: { journeys: 80, kills: 12 },
  engines: ENGINES,
  run: async ({ seed, flags, engine }) => {
    const { isWell, measured } = chaos({ seed, ...flags, engine });
    return { pass: isWell, measured };
  },
});
