/** Planted bugs, looked for in history after history: in several files, so that several processes look for them. */
import { type Bug, bugNames, bugs } from './bugs.ts';
import { simulate } from './simulate.ts';

/** Where the seeds begin: `SEED` of the environment, or 1. */
const from = Number(process.env.SEED ?? 1);
/** How many histories a bug may hide in. */
const HIDES_MAX = 40;

/** Every planted bug, under its name. */
export const planted = bugNames.map((name): Bug & { name: string } => ({ name, ...bugs[name] }));

/** How many files share the bugs. */
export const SHARES = 3;

/** Describes that every `SHARES`-th bug which breaks a rule is found by that rule, beginning with this one of them. */
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
