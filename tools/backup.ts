/**
 * Writes every document of a store into one sealed file, also while the product runs on it:
 *
 *   npm run backup -- --to <file>
 *
 * `BACKUP_KEY` seals it: 32 bytes in base64, made once by `openssl rand -base64 32`, and kept apart from the files.
 * `--data <folder>` is the data folder; the default is `DATA_DIR`, then `.data`. Where `DATABASE_URL` is set, the store
 * is there. With `--stage <name>` it is that of a stage in the cloud, which makes the backup in its bucket, below
 * `backups/`; it is fetched from there, and may be removed there.
 *
 * The file is the store at one moment. It appears under its name only once it is complete and was read back. The exit
 * code is 0, or 1 when there is no backup, or when the audit log in it is not as it was written.
 *
 * Keys and media are not in it: keep `SECRETS_KEY` (`keys.json` on a laptop), `BACKUP_KEY` and the bucket's files too.
 */
import { createReadStream } from 'node:fs';
import { type FileHandle, link, open, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { openForCommand, placeOf } from '../local/database.ts';
import { systemClock } from '../shared/adapters/process/clock.ts';
import { Backup, backUp, type Contents } from '../shared/commands/backup.ts';
import { backupKeyOf } from '../shared/commands/backupSeal.ts';
import { collections } from '../shared/data/collections.ts';
import type { Engine } from '../shared/ports/database.ts';

const USAGE = 'usage: npm run backup -- --to <file> [--data <folder> | --stage <name>]';

async function write(file: FileHandle, store: Engine, key: Buffer): Promise<Contents> {
  const bytes = backUp({ store, collections, key, now: systemClock.now() });
  for (;;) {
    const next = await bytes.next();
    if (next.done === true) return next.value;
    await file.write(next.value);
  }
}

/** Writes the file beside its place, reads it back, and puts it in its place. */
async function backUpTo(path: string, store: Engine, key: Buffer): Promise<Contents> {
  const draft = `${path}.part`;
  const file = await open(draft, 'wx', 0o600);
  try {
    const written = await write(file, store, key);
    await file.sync();
    const read = await new Backup(() => createReadStream(draft), key).verify();
    if (!isDeepStrictEqual(read, written)) throw new Error('what was read back is not what was written');
    await link(draft, path);
    return written;
  } finally {
    await file.close();
    await rm(draft);
  }
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { to: text, data: text, stage: text, help: { type: 'boolean' } } });
  if (values.help || !values.to) {
    console.error(USAGE);
    return 2;
  }
  const key = backupKeyOf(process.env.BACKUP_KEY);
  if (values.stage !== undefined) {
    const { backUpInside, insideOf } = await import('./deploy/inside.ts');
    const inside = insideOf(values.stage, process.env, process.cwd());
    const { lines, isRight } = await backUpInside(inside, resolve(values.to), key);
    for (const line of lines) console.log(line);
    return isRight ? 0 : 1;
  }
  const store = openForCommand(placeOf(resolve(values.data ?? process.env.DATA_DIR ?? '.data'), process.env));
  try {
    const { documents, digests, head } = await backUpTo(resolve(values.to), store, key);
    console.log(`${digests.size} collections, ${documents} documents, read back and found the same`);
    for (const problem of head.audit.problems) console.error(problem);
    if (head.audit.problems.length > 0)
      console.error('The backup is complete; its audit log is not as written.');
    return head.audit.problems.length > 0 ? 1 : 0;
  } finally {
    await store.close();
  }
}

main().then(
  (code) => process.exit(code),
  (caught: unknown) => {
    console.error(caught instanceof Error ? caught.message : String(caught));
    process.exit(1);
  },
);
