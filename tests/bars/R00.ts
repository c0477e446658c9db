import { type Bug, bugNames, bugs } from '../simulation/bugs.ts';
import { simulate } from '../simulation/simulate.ts';
import { bar } from './bar.ts';

/** A bug is looked for in so many seeds, one after the other. */
const SEEDS_MAX = 100;

/**
 * Seen red: a rule taken out of the simulation's invariants lets the bugs that break it live. Which of them is hidden
 * behind another guard, and behind which, is written beside each in `tests/simulation/bugs.ts`.
 */
export const R00 = bar({
  proves: 'each planted bug that no second guard hides is found by the rule it breaks',
  flags: { seeds: SEEDS_MAX },
  run: async ({ seed: from, flags, note }) => {
    const foundAfter: Record<string, number> = {};
    const hidden: string[] = [];
    const alive: string[] = [];
    for (const name of bugNames) {
      const bug: Bug = bugs[name];
      if (bug.breaks === null) {
        hidden.push(name);
        continue;
      }
      const after = await seedsUntilFound(bug, from, flags.seeds);
      if (after === null) alive.push(name);
      else foundAfter[name] = after;
      note(`${name}: ${after === null ? 'lives' : `found after ${after} seeds`}`);
    }
    return { pass: alive.length === 0, measured: { foundAfter, hidden, violations: alive } };
  },
});

/** In how many seeds it was found; null when in none of them. */
async function seedsUntilFound(bug: Bug, from: number, max: number): Promise<number | null> {
  for (let tried = 1; tried <= max; tried += 1) {
    const { broken } = await simulate({ seed: from + tried - 1, bug });
    if (broken.some(({ rule }) => rule === bug.breaks)) return tried;
  }
  return null;
}
