/**
 * Checks a store for contradictions, also while the product runs on it:
 *
 *   npm run audit -- [--data <folder>] [--json] [--stage <name>]
 *
 * `--data <folder>` is the data folder; the default is `DATA_DIR`, then `.data`. Where `DATABASE_URL` is set, the store
 * is there; in a CloudBase environment nobody may write meanwhile. With `--stage` it is that of a stage in the cloud.
 * Nothing is changed. The exit code is 0
 * when everything is right, 1 when something is wrong, and 2 when the arguments are wrong.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import Connection from 'libsql';
import type { Connection as MysqlConnection } from 'mysql2';
import * as z from 'zod';
import { openForCommand, placeOf } from '../local/database.ts';
import { AuditedStore, type RawDocument } from '../shared/commands/auditedStore.ts';
import { type AuditReport, auditStore } from '../shared/commands/auditStore.ts';
import { collections } from '../shared/data/collections.ts';

const Tables = z.array(z.object({ name: z.string() }));
const Row = z.object({ body: z.string() });

/** Every document of the file, all read at the same moment. */
function* documentsOfFile(path: string): Generator<RawDocument> {
  const connection = new Connection(path);
  try {
    connection.pragma('query_only = ON');
    connection.exec('BEGIN');
    const named = connection.prepare(
      `SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
       WHERE m.type = 'table' AND c.name = 'body' ORDER BY m.name`,
    );
    for (const { name } of Tables.parse(named.all())) {
      const rows = connection.prepare(`SELECT body FROM "${name.replaceAll('"', '""')}"`);
      for (const row of rows.iterate()) yield { collection: name, doc: JSON.parse(Row.parse(row).body) };
    }
    connection.exec('COMMIT');
  } finally {
    connection.close();
  }
}

function sent(connection: MysqlConnection, sql: string): Promise<unknown> {
  return new Promise((resolve, reject) =>
    connection.query(sql, (error, rows) => (error === null ? resolve(rows) : reject(error))),
  );
}

/** Every document of a MySQL database, all read at the same moment. */
async function* documentsOfServer(uri: string): AsyncGenerator<RawDocument> {
  const { createConnection } = await import('mysql2');
  const connection = createConnection({ uri, charset: 'UTF8MB4_GENERAL_CI' });
  try {
    await sent(connection, 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await sent(connection, 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    const named = await sent(
      connection,
      `SELECT TABLE_NAME AS name FROM information_schema.COLUMNS
       WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME = 'body' ORDER BY TABLE_NAME`,
    );
    for (const { name } of Tables.parse(named)) {
      const rows = connection.query(`SELECT body FROM \`${name.replaceAll('`', '``')}\``).stream();
      for await (const row of rows) yield { collection: name, doc: JSON.parse(Row.parse(row).body) };
    }
  } finally {
    connection.destroy();
  }
}

/** Every document of a CloudBase environment, a page at a time. Nobody may write meanwhile. */
async function* documentsOfCloudbase(): AsyncGenerator<RawDocument> {
  const database = openForCommand(placeOf('.', process.env));
  try {
    for (const collection of collections) {
      for await (const { body } of database.exportRaw(collection))
        yield { collection: collection.name, doc: JSON.parse(body) };
    }
  } finally {
    await database.close();
  }
}

function print({ documents: counts, balances, findings }: AuditReport): void {
  for (const { rule, about, says } of findings) console.log(`${rule}  ${about}  ${says}`);
  for (const [account, fen] of Object.entries(balances))
    console.log(`${account.padEnd(16)} ${String(fen).padStart(14)} fen`);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  console.log(`${total} documents, ${findings.length} findings`);
}

/** The documents of the store, or null when there is none. */
function documentsOf(
  path: string,
  url: string | undefined,
): Iterable<RawDocument> | AsyncIterable<RawDocument> | null {
  if (url?.startsWith('mysql:')) return documentsOfServer(url);
  if (url?.startsWith('cloudbase:')) return documentsOfCloudbase();
  const file = url?.startsWith('sqlite:') ? url.slice('sqlite:'.length) : path;
  return existsSync(file) ? documentsOfFile(file) : null;
}

async function main(): Promise<number> {
  const help = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { data: text, stage: text, json: help, help } });
  if (values.stage !== undefined && values.help !== true) {
    const { runInside } = await import('./deploy/inside.ts');
    return runInside(values.stage, process.cwd(), { command: 'audit', args: [] });
  }
  const path = join(resolve(values.data ?? process.env.DATA_DIR ?? '.data'), 'zhike.db');
  const documents = documentsOf(path, process.env.DATABASE_URL);
  if (values.help === true || documents === null) {
    console.error(
      values.help === true
        ? 'usage: npm run audit -- [--data <folder>] [--json] [--stage <name>]'
        : `there is no ${path}`,
    );
    return 2;
  }
  const store = new AuditedStore();
  for await (const document of documents) store.add(document);
  const report = auditStore(store);
  if (values.json === true) console.log(JSON.stringify(report));
  else print(report);
  return report.findings.length === 0 ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (caught: unknown) => {
    console.error(caught instanceof Error ? caught.message : String(caught));
    process.exitCode = 2;
  },
);
