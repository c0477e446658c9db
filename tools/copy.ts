/**
 * Moves a shop to another database:
 *
 *   npm run copy -- --from <store> --to <store>
 *
 * A store is a data folder, `sqlite:<file>`, `mysql://user:password@host:port/database`, or
 * `cloudbase:<environment>`. `COPY_FROM` and `COPY_TO` say the same, and keep a password out of the list of processes.
 * The shop is stopped before.
 *
 * `npm run copy -- --stage <name> --to mysql://…` copies the store of a stage in the cloud, which its sealed
 * configuration names, to another that it reaches. `COPY_TO` says that one, too. A source cannot be named then.
 *
 * Documents are copied as they are stored, those of newer builds too, and the two stores are compared at the end. A
 * target that holds anything else is refused. A run that was stopped is continued by the next. The exit code is 0 when
 * both hold the same, 1 when not, and 2 when the arguments are wrong.
 */
import { resolve } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { createForCommand, openForCommand, type Place, placeOf } from '../local/database.ts';
import { copyStore, storeSource } from '../shared/commands/copyStore.ts';
import { collections } from '../shared/data/collections.ts';

const USAGE = `usage: npm run copy -- --from <store> --to <store>
       npm run copy -- --stage <name> --to <store>
stores: <data folder>  sqlite:<file>  mysql://<user>:<password>@<host>:<port>/<database>  cloudbase:<environment>`;

function placeNamed(store: string): Place {
  return /^(mysql|sqlite|cloudbase):/.test(store)
    ? placeOf('.', { ...process.env, DATABASE_URL: store })
    : placeOf(resolve(store), {});
}

async function copy(from: Place, to: Place): Promise<void> {
  const source = openForCommand(from);
  try {
    const target = await createForCommand(to);
    try {
      const tell = (line: string) => console.log(line);
      const given = { source: storeSource(source, collections), target, collections, tell };
      const { documents, added } = await copyStore(given);
      const all = `${collections.length} collections, ${documents} documents, the same on both sides`;
      console.log(added === 0 ? `${all}: nothing was left to copy` : `${all}: ${added} were copied`);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { from: text, to: text, stage: text, help: { type: 'boolean' } } });
  const from = values.from ?? process.env.COPY_FROM;
  const to = values.to ?? process.env.COPY_TO;
  if (values.stage !== undefined && values.from === undefined && to && !values.help) {
    const { runInside } = await import('./deploy/inside.ts');
    return runInside(values.stage, process.cwd(), { command: 'copy', args: [], values: { to } });
  }
  if (values.help || values.stage !== undefined || !from || !to) {
    console.error(USAGE);
    return 2;
  }
  const [source, target] = [placeNamed(from), placeNamed(to)];
  if (isDeepStrictEqual(source, target)) throw new Error('the source and the target are the same store');
  await copy(source, target);
  return 0;
}

main().then(
  (code) => process.exit(code),
  (caught: unknown) => {
    console.error(caught instanceof Error ? caught.message : String(caught));
    process.exit(1);
  },
);
