/** The daily limits of value that staff may make, for tests. */
import type { WorldOptions } from '../world.ts';

const ofEach = (limit: number): Pick<WorldOptions, 'settings'> => ({
  settings: {
    dailyValue: {
      points: limit,
      accessFen: limit,
      membershipDays: limit,
      discountFen: limit,
      priceCut: limit,
    },
  },
});

/** Options of a world in which nobody may make any value alone. */
export const NOTHING_ALONE = ofEach(0);

/** Options of a world in which one person may make any value. */
export const ANYTHING_ALONE = ofEach(Number.MAX_SAFE_INTEGER);
