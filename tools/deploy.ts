/**
 * Brings a stage to what the code and its stage file say:
 *
 *   npm run deploy -- --stage production --plan         what it would change; exits with 2 when there is something
 *   npm run deploy -- --stage production                does it
 *   npm run deploy -- --stage production --canary 10    the API's new version gets 10 % of the calls
 *   npm run deploy -- --stage production --promote      and then all of them
 *
 * `--built` takes what is in `dist/` as it is. `--in <folder>` is where `stages/` and the secret files are, this
 * repository by default. There is no state file. A run that was stopped is continued by the next.
 * The exit code is 0 when all is done, and 1 when it stopped.
 */
import { parseArgs } from 'node:util';
import { COMMON_OPTIONS, deploymentOf, partsOf, run } from './deploy/command.ts';
import { deploy } from './deploy/deploy.ts';
import { offlineFindings } from './deploy/doctorOffline.ts';
import { tellFindings } from './deploy/findings.ts';
import { knownOf, Misused } from './deploy/known.ts';

const USAGE = 'usage: npm run deploy -- --stage <name> [--plan] [--canary <percent>] [--promote] [--built]';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      ...COMMON_OPTIONS,
      plan: { type: 'boolean', default: false },
      canary: { type: 'string' },
      promote: { type: 'boolean', default: false },
      built: { type: 'boolean', default: false },
    },
  });
  const { canary, promote: isPromotion } = values;
  const canaryPercent =
    canary === undefined ? null : /^[1-9][0-9]?$/.test(canary) ? Number(canary) : Number.NaN;
  if (Number.isNaN(canaryPercent)) throw new Misused('a canary gets 1 to 99 percent');
  if (canaryPercent !== null && isPromotion) throw new Misused('either a canary or a promotion');
  const known = knownOf(values.stage, process.env, values.in);
  const parts = await partsOf(known, values.built);
  if (tellFindings(offlineFindings(parts, Date.now()), (line) => console.log(line))) return 1;
  return deploy(deploymentOf(known, parts), { canaryPercent, isPromotion }, values.plan);
}

run(USAGE, main);
