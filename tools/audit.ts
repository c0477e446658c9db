/**
 * Checks a store for contradictions, also while the product runs on it:
 *
 *   npm run audit -- [--data <folder>] [--json]
 *
 * `--data <folder>` is the data folder; the default is `DATA_DIR`, then `.data`. Nothing is changed. The exit code is 0
 * when everything is right, 1 when something is wrong, and 2 when the arguments are wrong.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import Connection from 'libsql';
import * as z from 'zod';
import { AuditedStore, type RawDocument } from './auditedStore.ts';
import { type AuditReport, auditStore } from './auditStore.ts';

const Tables = z.array(z.object({ name: z.string() }));
const Row = z.object({ body: z.string() });

/** Every document of the file, all read at the same moment. */
function* documents(path: string): Generator<RawDocument> {
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

function print({ documents: counts, balances, findings }: AuditReport): void {
  for (const { rule, about, says } of findings) console.log(`${rule}  ${about}  ${says}`);
  for (const [account, fen] of Object.entries(balances))
    console.log(`${account.padEnd(16)} ${String(fen).padStart(14)} fen`);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  console.log(`${total} documents, ${findings.length} findings`);
}

function main(): number {
  const help = { type: 'boolean' } as const;
  const { values } = parseArgs({ options: { data: { type: 'string' }, json: help, help } });
  const path = join(resolve(values.data ?? process.env.DATA_DIR ?? '.data'), 'zhike.db');
  if (values.help === true || !existsSync(path)) {
    console.error(
      values.help === true ? 'usage: npm run audit -- [--data <folder>] [--json]' : `there is no ${path}`,
    );
    return 2;
  }
  const store = new AuditedStore();
  for (const document of documents(path)) store.add(document);
  const report = auditStore(store);
  if (values.json === true) console.log(JSON.stringify(report));
  else print(report);
  return report.findings.length === 0 ? 0 : 1;
}

try {
  process.exitCode = main();
} catch (caught) {
  console.error(caught instanceof Error ? caught.message : String(caught));
  process.exitCode = 2;
}
