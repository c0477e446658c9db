/** Runs the fuzzer. Prints how often each operation had each outcome, and which operations never succeeded. */
import { commandLine } from '../support/commandLine.ts';
import { fuzz, neverDone, shareDone } from './fuzz.ts';

const { flags, count } = commandLine(
  'npm run fuzz -- [--seed N] [--runs N] [--meant N] [--hostile N] [--only operation,operation]',
);
const values = flags({
  seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  runs: { type: 'string', default: '20' },
  meant: { type: 'string', default: '2' },
  hostile: { type: 'string', default: '2' },
  only: { type: 'string' },
});
const seed = count('seed', values.seed, 0);
const runs = count('runs', values.runs);
const meant = count('meant', values.meant);
const hostile = count('hostile', values.hostile, 0);

console.log(
  `seed ${seed}, ${runs} worlds, each operation ${meant} times as it is meant to be and ${hostile} otherwise`,
);
const only = values.only?.split(',') ?? null;
fuzz({ seed, runs, meant, hostile, only, isShrinking: true }).then(
  (tally) => {
    for (const [id, outcomes] of tally) {
      const sorted = [...outcomes].sort(([, one], [, other]) => other - one);
      const calls = sorted.reduce((sum, [, times]) => sum + times, 0);
      const told = sorted.map(([outcome, times]) => `${outcome} ${times}`).join(', ');
      console.log(`${id.padEnd(26)} ${String(calls).padStart(5)}: ${told}`);
    }
    const never = neverDone(tally);
    console.log(`createOrder went through ${Math.round(shareDone(tally, 'createOrder') * 100)} times in 100`);
    console.log(`${tally.size - never.length} of ${tally.size} operations went through`);
    console.log(never.length === 0 ? 'nothing found' : `never went through: ${never.join(', ')}`);
    if (never.length > 0) process.exitCode = 1;
  },
  (caught: unknown) => {
    console.error(caught instanceof Error ? caught.message : caught);
    if (caught instanceof Error && caught.cause instanceof Error) console.error(caught.cause.message);
    process.exitCode = 1;
  },
);
