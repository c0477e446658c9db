/**
 * Brings a stage back to the release before, or to the one that is named:
 *
 *   npm run rollback -- --stage production
 *   npm run rollback -- --stage production --to <commit>.<hash>
 *
 * It only switches: the versions of the last ten releases are there, and migrations only add. Then it tries the shop.
 */
import { parseArgs } from 'node:util';
import { COMMON_OPTIONS, deploymentOf, partsOf, run } from './deploy/command.ts';
import { rollback } from './deploy/deploy.ts';
import { knownOf } from './deploy/known.ts';

const USAGE = 'usage: npm run rollback -- --stage <name> [--to <release>]';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { ...COMMON_OPTIONS, to: { type: 'string' } } });
  const known = knownOf(values.stage, process.env, values.in);
  const { filesOf: _, ...parts } = await partsOf(known, true);
  // What is built here does not matter for the way back.
  return rollback(deploymentOf(known, { ...parts, filesOf: () => ({}) }), values.to ?? null);
}

run(USAGE, main);
