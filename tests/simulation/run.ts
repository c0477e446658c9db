/**
 * Runs seeds, and reports which of them broke a rule.
 *
 * - `--seeds N --from S`: which seeds.
 * - `--buyers N`: how many buyers come to the shop.
 * - `--talkers N`: how many people talk.
 * - `--profile P`: one profile of faults for all.
 * - `--rails R`: how buyers pay.
 * - `--bug M4`: with a planted bug; `--bug all`: with each in turn.
 * - `--engine mysql`: on a MySQL server, `TEST_MYSQL_URL` or one on this machine.
 * - `--engine cloudbase`: in a simulated CloudBase environment in this process.
 * - `--counts`: prints what happened in each seed.
 * - `--trace N`: prints the last N lines of each history that broke a rule.
 *
 * Exit code 0 when nothing broke, or when every planted bug that can be found was found; 1 otherwise.
 */
import { commandLine } from '../support/commandLine.ts';
import { type Bug, type BugName, bugNames, bugs } from './bugs.ts';
import { HISTORY_ENGINES } from './engine.ts';
import { type Profile, profileNames, type RailsName, railsNames } from './faults.ts';
import { simulate } from './simulate.ts';

const { flags, count, oneOf } = commandLine(
  'npm run simulate -- [--seeds N] [--from N] [--buyers N] [--talkers N] [--profile P] [--rails R] [--bug M4|all] [--engine sqlite|mysql|cloudbase] [--counts] [--trace N]',
);
const values = flags({
  seeds: { type: 'string', default: '200' },
  from: { type: 'string', default: '1' },
  profile: { type: 'string' },
  rails: { type: 'string' },
  bug: { type: 'string' },
  engine: { type: 'string', default: 'sqlite' },
  buyers: { type: 'string', default: '10' },
  talkers: { type: 'string' },
  counts: { type: 'boolean', default: false },
  trace: { type: 'string', default: '0' },
});
const seeds = count('seeds', values.seeds);
const from = count('from', values.from, 0);
const buyers = count('buyers', values.buyers);
const talkers = values.talkers === undefined ? null : count('talkers', values.talkers, 0);
const lines = count('trace', values.trace, 0);
const engine = oneOf(HISTORY_ENGINES, values.engine);

/** The requested name; null when none was requested. */
function chosen<T extends string>(names: readonly T[], asked: string | undefined): T | null {
  return asked === undefined ? null : oneOf(names, asked);
}

/** Runs all seeds, and answers how many of them broke a rule. */
async function runSeeds(
  bug: Bug | null,
  how: { readonly profile: Profile | null; readonly rails: RailsName | null },
  isLoud: boolean,
): Promise<number> {
  const { profile, rails } = how;
  let failing = 0;
  for (let seed = from; seed < from + seeds; seed += 1) {
    const { broken, counts, digest, lastLines, ...run } = await simulate({
      seed,
      bug,
      buyers,
      engine,
      ...(talkers === null ? {} : { talkers }),
      ...(profile === null ? {} : { profile }),
      ...(rails === null ? {} : { rails }),
    });
    if (values.counts)
      console.log(
        `seed ${seed} ${run.profile} ${run.rails} ${digest.slice(0, 12)} ${JSON.stringify(counts)}`,
      );
    if (broken.length === 0) continue;
    failing += 1;
    if (!isLoud) continue;
    console.log(`seed ${seed} (${run.profile}, ${run.rails}) broke:`);
    for (const { rule, what } of broken) console.log(`  ${rule}: ${what.slice(0, 1000)}`);
    for (const line of lastLines.slice(lastLines.length - lines)) {
      console.log(`    ${line}`);
    }
  }
  return failing;
}

async function main(): Promise<void> {
  const profile = chosen(profileNames, values.profile);
  const how = { profile, rails: chosen(railsNames, values.rails) };
  if (values.bug === 'all') {
    for (const name of bugNames) {
      const bug: Bug = bugs[name];
      const failing = await runSeeds(bug, how, false);
      const why = bug.hiddenBy === undefined ? '' : ` (hidden: ${bug.hiddenBy})`;
      console.log(`${name.padEnd(12)} ${failing}/${seeds}  ${bug.what}${why}`);
      if (failing === 0 && bug.breaks !== null) process.exitCode = 1;
    }
    return;
  }
  const name: BugName | null = chosen(bugNames, values.bug);
  const startedMs = performance.now();
  const failing = await runSeeds(name === null ? null : bugs[name], how, true);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(
    `${failing} of ${seeds} seeds broke something${name === null ? '' : `, with ${name} planted`} (${seconds} s)`,
  );
  process.exitCode = failing > 0 === (name === null) ? 1 : 0;
}

void main();
