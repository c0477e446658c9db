/** Fuzzes, and says how often each operation gave each outcome. */
import { commandLine } from '../support/commandLine.ts';
import { fuzz } from './fuzz.ts';

const { flags, count } = commandLine(
  'npm run fuzz -- [--seed N] [--runs N] [--steps N] [--only operation,operation]',
);
const values = flags({
  seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  runs: { type: 'string', default: '100' },
  steps: { type: 'string', default: '100' },
  only: { type: 'string' },
});
const seed = count('seed', values.seed, 0);
const runs = count('runs', values.runs);
const steps = count('steps', values.steps);

console.log(`seed ${seed}, ${runs} worlds of at most ${steps} steps`);
const only = values.only?.split(',') ?? null;
fuzz({ seed, runs, steps, only, isShrinking: true }).then(
  (tally) => {
    for (const [id, outcomes] of tally) {
      const sorted = [...outcomes].sort(([, one], [, other]) => other - one);
      console.log(`${id.padEnd(24)} ${sorted.map(([outcome, count]) => `${outcome} ${count}`).join(', ')}`);
    }
    const never = [...tally].filter(([, outcomes]) => !outcomes.has('done')).map(([id]) => id);
    console.log(
      `${tally.size - never.length} of ${tally.size} operations went through; not ${never.join(', ')}`,
    );
    console.log('nothing found');
  },
  (caught: unknown) => {
    console.error(caught instanceof Error ? caught.message : caught);
    if (caught instanceof Error && caught.cause instanceof Error) console.error(caught.cause.message);
    process.exitCode = 1;
  },
);
