import { seed } from '../support/seeded.ts';
import { fuzz } from './fuzz.ts';

/** `npm run fuzz -- --seed <seed>` does it again, with more of everything, and makes what fails smaller. */
test(`whatever is sent in whatever order, answers are as declared, what is refused changes nothing, and nothing contradicts itself (seed ${seed})`, async () => {
  const tally = await fuzz({ seed, runs: 20, steps: 100, only: null, isShrinking: false });
  const wentThrough = [...tally.values()].filter((outcomes) => outcomes.has('done'));
  expect(wentThrough.length).toBeGreaterThan(60);
});
