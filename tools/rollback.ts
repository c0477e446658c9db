/**
 * Brings a stage back to the release before, or to the one that is named:
 *
 *   npm run rollback -- --stage production
 *   npm run rollback -- --stage production --to <commit>.<hash>
 *
 * It needs who deploys, and no other secret. It only switches: the versions of the last ten releases are there, and
 * migrations only add. Then it tries the shop.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { COMMON_OPTIONS, deploymentOf, partsOf, run } from './deploy/command.ts';
import { rollback } from './deploy/deploy.ts';
import { knownOf } from './deploy/known.ts';

const USAGE = 'usage: npm run rollback -- --stage <name> [--to <release>]';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { ...COMMON_OPTIONS, to: { type: 'string' } } });
  const known = knownOf(values.stage, process.env, values.in);
  // What is built and set here does not matter for the way back, and its secrets need not be there.
  const CONFIG_KEY = randomBytes(32).toString('base64');
  const parts = { ...(await partsOf(known, true)), filesOf: () => ({}) };
  const deployment = deploymentOf(known, { ...parts, variables: { CONFIG_KEY, ...parts.variables } });
  return rollback(deployment, values.to ?? null);
}

run(USAGE, main);
