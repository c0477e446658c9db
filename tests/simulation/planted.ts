/**
 * Searches for planted bugs in one history after the other. It is split over several test files, so that several
 * processes search.
 */
import { type Bug, bugNames, bugs } from './bugs.ts';
import { simulate } from './simulate.ts';

/** The first seed: `SEED` of the environment, or 1. */
const from = Number(process.env.SEED ?? 1);
/** In how many histories a bug may stay hidden. */
const HIDES_MAX = 40;

/** Every planted bug, under its name. */
export const planted = bugNames.map((name): Bug & { name: string } => ({ name, ...bugs[name] }));

/** The number of files that share the bugs. */
export const SHARES = 3;

/**
 * Describes that each bug in this file's share is found by the rule that it breaks. The share is every `SHARES`-th bug,
 * starting with this one.
 */
export function describeShare(share: number): void {
  const breaking = planted.filter(({ breaks }) => breaks !== null);
  describe('a planted bug is found', () => {
    test.each(breaking.filter((_, index) => index % SHARES === share))('$name: $what', async (bug) => {
      const found = new Set<string>();
      const first = from === 1 ? (bug.showsAt ?? 1) : from;
      for (let seed = first; seed < first + HIDES_MAX && !found.has(String(bug.breaks)); seed += 1) {
        for (const { rule } of (await simulate({ seed, bug, until: bug.breaks })).broken) found.add(rule);
      }
      expect([...found]).toContain(bug.breaks);
    });
  });
}
