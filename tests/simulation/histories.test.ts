import { bugs } from './bugs.ts';
import { profileNames, profileOf, railsNames, railsOf } from './faults.ts';
import { simulate } from './simulate.ts';

/** The first seed: `SEED` of the environment, or 1. */
const from = Number(process.env.SEED ?? 1);
/** Enough seeds for each profile at least once, and for each choice of rails three times. */
const seeds = Array.from({ length: 3 * railsNames.length }, (_, n) => from + n);

describe('a simulated shop', () => {
  test('one seed gives one history, and another seed another one', async () => {
    const [first, again, other] = [
      await simulate({ seed: from, buyers: 5 }),
      await simulate({ seed: from, buyers: 5 }),
      await simulate({ seed: from + 1, buyers: 5 }),
    ];
    expect(again.digest).toBe(first.digest);
    expect(again.counts).toEqual(first.counts);
    expect(other.digest).not.toBe(first.digest);
  });

  test('every kind of fault and every rail occurs', () => {
    expect(new Set(seeds.map(profileOf)).size).toBe(profileNames.length);
    expect(new Set(seeds.map(railsOf)).size).toBe(railsNames.length);
  });

  test.each(seeds)('breaks no promise and loses no money, whatever goes wrong: seed %i', async (seed) => {
    const { broken, counts } = await simulate({ seed });
    expect(broken).toEqual([]);
    expect(counts.paid).toBeGreaterThan(0);
  });
});

describe('a simulated shop where people talk', () => {
  /** A seed for each of these profiles: calm, kills, commits, silence and stalls. */
  const talking = [9, 2, 3, 5, 7].map((n) => from - 1 + n);

  test.each(talking)(
    'shows nothing unchecked, counts right, and leaves nothing undecided: seed %i',
    async (seed) => {
      const { broken, counts } = await simulate({ seed, buyers: 2, talkers: 6 });
      expect(broken).toEqual([]);
      expect(counts.shown).toBeGreaterThan(0);
    },
  );
});

describe('money that comes after its order was closed', () => {
  test('goes back, all of it and once, when the rail should take it all the same', async () => {
    const rules = new Set<string>();
    let late = 0;
    for (const seed of seeds.slice(0, 3)) {
      const { broken, counts } = await simulate({ seed, bug: bugs.M3, profile: 'calm' });
      for (const { rule } of broken) rules.add(rule);
      late += counts.late ?? 0;
    }
    expect([...rules]).toEqual(['closedIsClosedThere']);
    expect(late).toBeGreaterThan(0);
  });
});

test('what waits for a day is told to staff: a refund that no rail takes', async () => {
  const { plant, profile } = bugs.unwatched;
  const bug = { what: 'the rail takes no refund', breaks: null, profile, plant };
  const rules = (await simulate({ seed: from, bug })).broken.map(({ rule }) => rule);
  expect(rules).toContain('nothingIsStuck');
  expect(rules).not.toContain('untold');
});
