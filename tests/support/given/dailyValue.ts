/** What of value staff may make in a day, for tests. */
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

/** A world in which nobody makes anything alone. */
export const NOTHING_ALONE = ofEach(0);

/** A world in which one person may make anything. */
export const ANYTHING_ALONE = ofEach(Number.MAX_SAFE_INTEGER);
