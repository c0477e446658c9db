import { seed } from '../support/seeded.ts';
import { fuzz } from './fuzz.ts';

/** `npm run fuzz -- --seed <seed>` does it again, with more of everything, and makes what fails smaller. */
test(`whatever is sent in whatever order, answers are as declared, and what is refused changes nothing (seed ${seed})`, async () => {
  const tally = await fuzz({ seed, runs: 12, steps: 60, only: null, isShrinking: false });
  const asked = [...tally.values()]
    .flatMap((outcomes) => [...outcomes.values()])
    .reduce((sum, one) => sum + one, 0);
  expect(asked).toBeGreaterThan(300);
}, 60_000);
