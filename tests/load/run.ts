/**
 * The built product under steady load, with faults in the background: notices that come twice, late or never, a cache
 * that goes away, connections to the server that are killed, and the product itself killed and started again. On MySQL
 * it is the deployed units on a platform like SCF, whose instances are frozen between their calls, and killed; on the
 * embedded store the laptop's build.
 *
 *   npm run load -- --engine mysql --minutes 10 [--rps 50] [--seed N]
 *
 * Prints one JSON line last. Exit code 0 when nothing was lost or done twice, nothing stored contradicts itself, 99 of
 * 100 tasks were done within ten seconds, and memory did not grow by a fifth.
 */
import { commandLine } from '../support/commandLine.ts';
import { ENGINES } from '../support/keptStore.ts';
import { isSteady, steadily } from './steady.ts';

const { flags, count, oneOf } = commandLine(
  'npm run load -- [--engine sqlite|mysql] [--minutes N] [--rps N] [--seed N]',
);
const values = flags({
  engine: { type: 'string', default: 'sqlite' },
  minutes: { type: 'string', default: '10' },
  rps: { type: 'string', default: '50' },
  seed: { type: 'string', default: '1' },
});
const engine = oneOf(ENGINES, values.engine);
const seed = count('seed', values.seed, 0);

async function main(): Promise<number> {
  const note = (text: string) => void process.stderr.write(`${text}\n`);
  const sizes = { minutes: count('minutes', values.minutes), rps: count('rps', values.rps) };
  const found = await steadily({ ...sizes, seed, engine, isKilled: true, note });
  const isWell = isSteady(found);
  console.log(JSON.stringify({ load: engine, isWell, rps: sizes.rps, ...found.measured, seed }));
  return isWell ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (caught: unknown) => {
    console.error(caught);
    process.exit(1);
  },
);
