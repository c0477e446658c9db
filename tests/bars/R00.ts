import { type Bug, bugNames, bugs } from '../simulation/bugs.ts';
import { simulate } from '../simulation/simulate.ts';
import { bar } from './bar.ts';

/** The most seeds in which one bug is searched for, one after the other. */
const SEEDS_MAX = 100;

/**
 * Seen red: with a rule removed from the simulation's invariants, the bugs that break this rule are not found. Some
 * bugs are hidden by another guard; `tests/simulation/bugs.ts` says for each which one.
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

/** The number of seeds until the bug was found; null when none shows it. */
async function seedsUntilFound(bug: Bug, from: number, max: number): Promise<number | null> {
  for (let tried = 1; tried <= max; tried += 1) {
    const { broken } = await simulate({ seed: from + tried - 1, bug });
    if (broken.some(({ rule }) => rule === bug.breaks)) return tried;
  }
  return null;
}
