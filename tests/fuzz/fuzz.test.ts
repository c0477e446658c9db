import { seed } from '../support/seeded.ts';
import { fuzz, neverDone, shareDone } from './fuzz.ts';

/** `npm run fuzz -- --seed <seed>` repeats a failure with more runs, and shrinks it. */
test(`answers are as declared, refused calls change nothing, the store has no contradictions, and every operation succeeds (seed ${seed})`, async () => {
  const tally = await fuzz({ seed, runs: 3, meant: 2, hostile: 1, only: null, isShrinking: false });
  expect(neverDone(tally)).toEqual([]);
  expect(shareDone(tally, 'createOrder')).toBeGreaterThan(0.3);
});
