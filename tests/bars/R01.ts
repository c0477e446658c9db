import { simulate } from '../simulation/simulate.ts';
import { bar } from './bar.ts';

/** How many seeds are run twice, to check that they give the same history. */
const AGAIN = 5;

/** Seen red: with every bug of `R00`; with `Date.now()` in a rule, the second history differs. */
export const R01 = bar({
  proves:
    'the real handlers break nothing under any seed’s schedule, and a seed gives the same history each time',
  flags: { seeds: 200 },
  run: async ({ seed: from, flags, note }) => {
    const began = performance.now();
    const violations: string[] = [];
    const digests: string[] = [];
    const totals: Record<string, number> = {};
    for (let seed = from; seed < from + flags.seeds; seed += 1) {
      const { broken, digest, counts } = await simulate({ seed });
      digests.push(digest);
      for (const [name, count] of Object.entries(counts)) totals[name] = (totals[name] ?? 0) + (count ?? 0);
      for (const { rule, what } of broken) violations.push(`seed ${seed}: ${rule}: ${what}`);
      if (seed % 20 === 0) note(`seed ${seed}`);
    }
    for (let index = 0; index < Math.min(AGAIN, digests.length); index += 1) {
      const { digest } = await simulate({ seed: from + index });
      if (digest !== digests[index]) violations.push(`seed ${from + index} gave another history`);
    }
    const seconds = Math.round((performance.now() - began) / 1000);
    return { pass: violations.length === 0, measured: { seeds: flags.seeds, seconds, totals, violations } };
  },
});
