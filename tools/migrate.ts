/**
 * Fills a store's indexes for this build, also while builds run on it:
 *
 *   npm run migrate                      before a new build starts: its new indexes then find what is stored
 *   npm run migrate -- --old-is-gone     again after the last older process has ended: now nothing is missing
 *
 * It can be stopped at any time and run again. `--data <folder>` is the data folder; the default is `DATA_DIR`, then
 * `.data`. Where `DATABASE_URL` is set, the store is there, and missing tables are created. The product on a laptop
 * does the same when it starts, so a shop with one process needs neither. `--stage <name>` has it done in the cloud.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openForCommand, placeOf } from '../local/database.ts';
import { systemClock } from '../shared/adapters/process/clock.ts';
import { migrateStore } from '../shared/commands/migrate.ts';

async function migrate(dataDir: string, isOldGone: boolean): Promise<void> {
  const database = openForCommand(placeOf(dataDir, process.env));
  try {
    const lines = await migrateStore(database, { isOldGone, now: systemClock.now() });
    for (const line of lines) console.log(line);
  } finally {
    await database.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      stage: { type: 'string' },
      'old-is-gone': { type: 'boolean', default: false },
    },
  });
  if (values.stage !== undefined) {
    const { runInside } = await import('./deploy/inside.ts');
    const args = values['old-is-gone'] ? ['--old-is-gone'] : [];
    process.exitCode = await runInside(values.stage, process.cwd(), { command: 'migrate', args });
    return;
  }
  await migrate(resolve(values.data ?? process.env.DATA_DIR ?? '.data'), values['old-is-gone']);
}

main().catch((caught: unknown) => {
  console.error(caught instanceof Error ? caught.message : String(caught));
  process.exit(1);
});
