/**
 * Brings a SQLite file to the declared layout, beside builds of another layout that may write to it at the same time.
 *
 * A missing table, column or index is made when the file is opened; nothing is taken away then, because an older build
 * may need it. Every row says which layout filled its indexed columns. Opening fills the rows of other layouts, and so
 * does `migrate`; each page is a transaction of its own, so who is stopped goes on where it stopped.
 *
 * The ledger says which layout of a collection is ready: nobody of another layout can have written since every row was
 * filled. A ready layout needs no look at the rows. It is given to who is alone with the file, or was told that the
 * older build is gone, and taken by who opens the file with another layout.
 */
import Connection from 'libsql';
import type { Collection, Migrated } from '../../ports/database.ts';
import { indexedFields, layoutOf } from '../engine/layout.ts';
import { scalarOf } from '../engine/query.ts';
import { column, decoded, LEDGER, quoted, stored } from './table.ts';

/** How long opening waits for another process that lays out the same file. */
const OPEN_TIMEOUT_MS = 10_000;
/** How long a commit waits for another process's: the event loop stands still meanwhile, so not long. */
const BUSY_TIMEOUT_MS = 250;
const REFILL_ROWS = 500;

/**
 * A connection on which a commit is on the disk when it is acknowledged (`synchronous = FULL`), and readers never wait
 * for the writer (WAL).
 */
export function openSqlite(path: string, collections: readonly Collection[]): Connection.Database {
  const connection = new Connection(path);
  connection.pragma(`busy_timeout = ${OPEN_TIMEOUT_MS}`);
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  const unready = inTransaction(connection, () => {
    makeLedger(connection);
    return collections.filter((collection) => !layOut(connection, collection));
  });
  // Asked before the rows are filled: who comes later takes the mark of `layOut` away.
  const isLast = unready.length > 0 && isAlone(connection, path);
  for (const collection of unready) {
    for (let page: Page = START; page.isMore; page = refill(connection, collection, page));
    if (isLast) inTransaction(connection, () => makeReady(connection, collection));
  }
  connection.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  return connection;
}

/**
 * Fills what builds of another layout have written, whatever the ledger says; each piece of it is run by `run`. Then,
 * when no older build runs any more, the layout is ready, and indexes that it does not declare are dropped.
 */
export async function migrateSqlite(
  connection: Connection.Database,
  collection: Collection,
  { isOldGone, run }: { readonly isOldGone: boolean; readonly run: <T>(work: () => T) => Promise<T> },
): Promise<Migrated> {
  const wasReady = await run(() => inTransaction(connection, () => layOut(connection, collection)));
  let page = START;
  while (page.isMore) {
    const before = page;
    page = await run(() => refill(connection, collection, before));
  }
  const isReady =
    wasReady ||
    (isOldGone && (await run(() => inTransaction(connection, () => makeReady(connection, collection)))));
  return { collection: collection.name, refilled: page.refilled, isReady };
}

/** How far the rows have been looked through. */
interface Page {
  readonly lastRow: number;
  readonly refilled: number;
  readonly isMore: boolean;
}

const START: Page = { lastRow: 0, refilled: 0, isMore: true };

function inTransaction<T>(connection: Connection.Database, work: () => T): T {
  connection.exec('BEGIN IMMEDIATE');
  try {
    const done = work();
    connection.exec('COMMIT');
    return done;
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

function makeLedger(connection: Connection.Database): void {
  connection.exec(
    `CREATE TABLE IF NOT EXISTS ${LEDGER}
     (name TEXT PRIMARY KEY NOT NULL, layout TEXT NOT NULL, removedVersion INTEGER NOT NULL)`,
  );
}

/** What stands in the ledger for a layout that is ready. */
function readyMark(collection: Collection): string {
  return JSON.stringify([layoutOf(collection), Object.keys(indexesOf(collection))]);
}

/** What stands there for one that is not: so that only the last who began can end it. */
function fillingMark(collection: Collection): string {
  return `filling ${readyMark(collection)}`;
}

function markOf(connection: Connection.Database, collection: Collection): string | null {
  return texts(connection, `SELECT layout FROM ${LEDGER} WHERE name = ?`, collection.name)[0] ?? null;
}

function mark(connection: Connection.Database, collection: Collection, layout: string): void {
  connection
    .prepare(`INSERT INTO ${LEDGER} VALUES (?, ?, 0) ON CONFLICT DO UPDATE SET layout = excluded.layout`)
    .run([collection.name, layout]);
}

/** Makes a collection's table, columns and indexes. Whether every row is filled: it was ready, or it is new. */
function layOut(connection: Connection.Database, collection: Collection): boolean {
  const before = markOf(connection, collection);
  if (before === readyMark(collection)) return true;
  const isNew = makeColumns(connection, collection);
  for (const [name, fields] of Object.entries(indexesOf(collection))) {
    connection.exec(
      `CREATE INDEX IF NOT EXISTS ${quoted(name)} ON ${quoted(collection.name)} (${[...fields.map(column), 'id']})`,
    );
  }
  const layout = isNew ? readyMark(collection) : fillingMark(collection);
  if (before !== layout) mark(connection, collection, layout);
  return isNew;
}

/** The declared indexes, each ending in the id, by their names in SQL: other fields make another name. */
function indexesOf({ name, indexes }: Collection): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.values(indexes).map(({ fields }) => [`${name} by ${fields.join()}`, fields]),
  );
}

/** Whether there was no table yet. */
function makeColumns(connection: Connection.Database, collection: Collection): boolean {
  const table = quoted(collection.name);
  const present = new Set(
    texts(connection, 'SELECT name FROM pragma_table_info(?)', collection.name).map(quoted),
  );
  const columns = indexedFields(collection).map(column);
  if (present.size === 0) {
    const own = ['id TEXT PRIMARY KEY NOT NULL', 'v INTEGER NOT NULL', 'schemaVersion INTEGER NOT NULL'];
    connection.exec(
      `CREATE TABLE ${table} (${[...own, 'layout INTEGER', 'body TEXT NOT NULL', ...columns]})`,
    );
    return true;
  }
  for (const name of [quoted('layout'), ...columns]) {
    if (!present.has(name)) connection.exec(`ALTER TABLE ${table} ADD COLUMN ${name}`);
  }
  return false;
}

/** Whether nobody else has the file open: only then SQLite leaves its log, which all openings share. */
function isAlone(connection: Connection.Database, path: string): boolean {
  if (path === ':memory:') return true;
  connection.pragma('busy_timeout = 0');
  try {
    connection.pragma('journal_mode = DELETE');
    return true;
  } catch {
    return false;
  } finally {
    connection.pragma(`busy_timeout = ${OPEN_TIMEOUT_MS}`);
    connection.pragma('journal_mode = WAL');
  }
}

/**
 * Fills the indexed columns of the next rows that another layout has filled, or none. What is of a newer version stays
 * as the build that knows it has filled it.
 */
function refill(connection: Connection.Database, collection: Collection, { lastRow, refilled }: Page): Page {
  const table = quoted(collection.name);
  const fields = indexedFields(collection);
  const layout = layoutOf(collection);
  return inTransaction(connection, () => {
    const rows: readonly unknown[] = connection
      .prepare(
        `SELECT rowid, schemaVersion, body FROM ${table}
         WHERE rowid > ? AND layout IS NOT ? AND schemaVersion <= ? ORDER BY rowid LIMIT ${REFILL_ROWS}`,
      )
      .raw()
      .all([lastRow, layout, collection.version]);
    const update = connection.prepare(
      `UPDATE ${table} SET ${['layout', ...fields.map(column)].map((set) => `${set} = ?`)} WHERE rowid = ?`,
    );
    let last = lastRow;
    for (const row of rows) {
      if (!Array.isArray(row)) continue;
      const [rowid, schemaVersion, body] = row;
      const doc = decoded(collection, { schemaVersion, body });
      update.run([layout, ...fields.map((field) => stored(scalarOf(collection, doc, field))), rowid]);
      last = rowid;
    }
    return { lastRow: last, refilled: refilled + rows.length, isMore: rows.length === REFILL_ROWS };
  });
}

/**
 * Says that the layout is ready, and drops the indexes that it does not declare. Whether it is: not when a build of
 * another layout has opened the file since this one began to fill it.
 */
function makeReady(connection: Connection.Database, collection: Collection): boolean {
  if (markOf(connection, collection) !== fillingMark(collection)) return false;
  const wanted = indexesOf(collection);
  const present = texts(
    connection,
    "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
    collection.name,
  );
  for (const name of present) {
    if (!Object.hasOwn(wanted, name)) connection.exec(`DROP INDEX ${quoted(name)}`);
  }
  mark(connection, collection, readyMark(collection));
  return true;
}

/** The first column of an answer, as texts. */
function texts(connection: Connection.Database, sql: string, bound: string): readonly string[] {
  const rows: readonly unknown[] = connection.prepare(sql).raw().all([bound]);
  return rows.map((row) => (Array.isArray(row) ? String(row[0]) : ''));
}
