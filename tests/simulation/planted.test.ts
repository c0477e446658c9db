import { type Bug, bugNames, bugs } from './bugs.ts';
import { ruleNames } from './invariants.ts';
import { simulate } from './simulate.ts';

/** `SEED` of the environment is the first seed for every bug. */
const { SEED } = process.env;
/** In how many histories a bug may stay hidden: one that shows in most of them, and one that shows seldom. */
const HIDES_MAX = 10;
const SELDOM_HIDES_MAX = 40;

/** Every planted bug, under its name. */
const planted = bugNames.map((name): Bug & { name: string } => ({ name, ...bugs[name] }));

describe('a planted bug is found', () => {
  test.each(planted.filter(({ breaks }) => breaks !== null))('$name: $what', async (bug) => {
    const found = new Set<string>();
    const first = Number(SEED ?? bug.showsAt ?? 1);
    const end = first + (bug.showsAt === undefined ? HIDES_MAX : SELDOM_HIDES_MAX);
    for (let seed = first; seed < end && !found.has(String(bug.breaks)); seed += 1) {
      for (const { rule } of (await simulate({ seed, bug, until: bug.breaks })).broken) found.add(rule);
    }
    expect([...found]).toContain(bug.breaks);
  });
});

test('every rule is broken by a planted bug', () => {
  const breakable = planted.map(({ breaks }) => breaks);
  expect(ruleNames.filter((rule) => !breakable.includes(rule))).toEqual([]);
});
