/** Opens a SQLite file and brings it to the declared layout: a missing table, column or index is made and filled from the bodies. */
import Connection from 'libsql';
import type { Collection } from '../../ports/database.ts';
import { scalarOf } from '../engine/query.ts';
import { column, decoded, indexedFields, LEDGER, quoted, stored } from './table.ts';

/** How long opening waits for another process that lays out the same file. */
const OPEN_TIMEOUT_MS = 10_000;
/** How long a commit waits for another process's: the event loop stands still meanwhile, so not long. */
const BUSY_TIMEOUT_MS = 250;
const REFRESH_ROWS = 500;

/**
 * A connection on which a commit is on the disk when it is acknowledged (`synchronous = FULL`), and readers never wait
 * for the writer (WAL).
 */
export function openSqlite(path: string, collections: readonly Collection[]): Connection.Database {
  const connection = new Connection(path);
  connection.pragma(`busy_timeout = ${OPEN_TIMEOUT_MS}`);
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  layOut(connection, collections);
  connection.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  return connection;
}

/** Makes the tables of all collections, in one transaction: whoever opens the same file at the same time waits. */
function layOut(connection: Connection.Database, collections: readonly Collection[]): void {
  connection.exec('BEGIN IMMEDIATE');
  try {
    connection.exec(
      `CREATE TABLE IF NOT EXISTS ${LEDGER}
       (name TEXT PRIMARY KEY NOT NULL, layout TEXT NOT NULL, removedVersion INTEGER NOT NULL)`,
    );
    for (const collection of collections) layOutOne(connection, collection);
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

function layOutOne(connection: Connection.Database, collection: Collection): void {
  const layout = JSON.stringify([collection.version, collection.indexes]);
  const before = texts(connection, `SELECT layout FROM ${LEDGER} WHERE name = ?`, collection.name);
  if (before[0] === layout) return;

  const table = quoted(collection.name);
  const fields = indexedFields(collection);
  connection.exec(
    `CREATE TABLE IF NOT EXISTS ${table}
     (id TEXT PRIMARY KEY NOT NULL, v INTEGER NOT NULL, schemaVersion INTEGER NOT NULL, body TEXT NOT NULL)`,
  );
  const present = new Set(
    texts(connection, 'SELECT name FROM pragma_table_info(?)', collection.name).map(quoted),
  );
  for (const name of fields.map(column)) {
    if (!present.has(name)) connection.exec(`ALTER TABLE ${table} ADD COLUMN ${name}`);
  }
  refresh(connection, collection, fields);
  replaceIndexes(connection, collection);
  connection
    .prepare(`INSERT INTO ${LEDGER} VALUES (?, ?, 0) ON CONFLICT DO UPDATE SET layout = excluded.layout`)
    .run([collection.name, layout]);
}

/** Fills the indexed columns that are empty, or that were filled from an older shape. */
function refresh(connection: Connection.Database, collection: Collection, fields: readonly string[]): void {
  if (fields.length === 0) return;
  const table = quoted(collection.name);
  const isEmpty = fields.map((field) => `${column(field)} IS NULL`).join(' OR ');
  const select = connection
    .prepare(
      `SELECT rowid, schemaVersion, body FROM ${table}
       WHERE rowid > ? AND (schemaVersion < ? OR ${isEmpty}) ORDER BY rowid LIMIT ${REFRESH_ROWS}`,
    )
    .raw();
  const update = connection.prepare(
    `UPDATE ${table} SET ${fields.map((field) => `${column(field)} = ?`)} WHERE rowid = ?`,
  );
  let last = 0;
  for (;;) {
    const rows: readonly unknown[] = select.all([last, collection.version]);
    for (const row of rows) {
      if (!Array.isArray(row)) continue;
      const [rowid, schemaVersion, body] = row;
      const doc = decoded(collection, { schemaVersion, body });
      update.run([...fields.map((field) => stored(scalarOf(collection, doc, field))), rowid]);
      last = rowid;
    }
    if (rows.length < REFRESH_ROWS) return;
  }
}

/** Makes the declared indexes, each ending in the id, and drops those that are no longer declared. */
function replaceIndexes(connection: Connection.Database, collection: Collection): void {
  const wanted = new Map(
    Object.values(collection.indexes).map(({ fields }) => [`${collection.name} by ${fields.join()}`, fields]),
  );
  const present = texts(
    connection,
    "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
    collection.name,
  );
  for (const name of present) {
    if (!wanted.has(name)) connection.exec(`DROP INDEX ${quoted(name)}`);
  }
  for (const [name, fields] of wanted) {
    connection.exec(
      `CREATE INDEX IF NOT EXISTS ${quoted(name)} ON ${quoted(collection.name)} (${[...fields.map(column), 'id']})`,
    );
  }
}

/** The first column of an answer, as texts. */
function texts(connection: Connection.Database, sql: string, bound: string): readonly string[] {
  const rows: readonly unknown[] = connection.prepare(sql).raw().all([bound]);
  return rows.map((row) => (Array.isArray(row) ? String(row[0]) : ''));
}
