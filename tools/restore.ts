/**
 * Restores a backup into an empty store:
 *
 *   npm run restore -- --from <file>
 *
 * `BACKUP_KEY` is the key that the backup was made with. `--data <folder>` is the data folder, which is made when it is
 * missing; the default is `DATA_DIR`, then `.data`. Where `DATABASE_URL` is set, the store is there. With
 * `--stage <name>` it is that of a stage in the cloud, into whose bucket the file is put.
 *
 * Nothing is written before the whole file was found right. A run that was stopped is continued by the next. At the end
 * the store is read, and compared with the file. The exit code is 0 when both hold the same, 1 when not, and 2 when the
 * arguments are wrong.
 */
import { createReadStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createForCommand, placeOf } from '../local/database.ts';
import { Backup } from '../shared/commands/backup.ts';
import { backupKeyOf } from '../shared/commands/backupSeal.ts';
import { restore } from '../shared/commands/restore.ts';
import { collections } from '../shared/data/collections.ts';

const USAGE = 'usage: npm run restore -- --from <file> [--data <folder> | --stage <name>]';

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { from: text, data: text, stage: text, help: { type: 'boolean' } },
  });
  if (values.help || !values.from) {
    console.error(USAGE);
    return 2;
  }
  const path = resolve(values.from);
  if (!existsSync(path)) throw new Error(`there is no ${path}`);
  const key = backupKeyOf(process.env.BACKUP_KEY);
  if (values.stage !== undefined) {
    const { insideOf, restoreInside } = await import('./deploy/inside.ts');
    const { lines, isRight } = await restoreInside(
      insideOf(values.stage, process.env, process.cwd()),
      path,
      key,
    );
    for (const line of lines) console.log(line);
    return isRight ? 0 : 1;
  }
  const backup = new Backup(() => createReadStream(path), key);
  // Before a store is made for it.
  await backup.head();
  const place = placeOf(resolve(values.data ?? process.env.DATA_DIR ?? '.data'), process.env);
  const target = await createForCommand(place);
  try {
    const tell = (line: string) => console.log(line);
    const { documents, added, head } = await restore({ backup, target, collections, tell });
    console.log(`the store is as it was at ${new Date(head.atMs).toISOString()}: ${documents} documents`);
    if (added < documents) console.log(`${documents - added} of them were there already`);
    return 0;
  } finally {
    await target.close();
  }
}

main().then(
  (code) => process.exit(code),
  (caught: unknown) => {
    console.error(caught instanceof Error ? caught.message : String(caught));
    process.exit(1);
  },
);
