/** `npm run fuzz -- [--seed n] [--runs n] [--steps n] [--only operation,operation]`: fuzzes, and says how often each operation gave each outcome. */
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';

const option = { type: 'string' } as const;
const { values } = parseArgs({ options: { seed: option, runs: option, steps: option, only: option } });
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const runs = Number(values.runs ?? 100);
const steps = Number(values.steps ?? 100);

console.log(`seed ${seed}, ${runs} worlds of at most ${steps} steps`);
const only = values.only?.split(',') ?? null;
fuzz({ seed, runs, steps, only, isShrinking: true }).then(
  (tally) => {
    for (const [id, outcomes] of tally) {
      const sorted = [...outcomes].sort(([, one], [, other]) => other - one);
      console.log(`${id.padEnd(24)} ${sorted.map(([outcome, count]) => `${outcome} ${count}`).join(', ')}`);
    }
    console.log('nothing found');
  },
  (caught: unknown) => {
    console.error(caught instanceof Error ? caught.message : caught);
    if (caught instanceof Error && caught.cause instanceof Error) console.error(caught.cause.message);
    process.exitCode = 1;
  },
);
