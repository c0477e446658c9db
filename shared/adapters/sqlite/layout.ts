/**
 * Brings a SQLite file to the declared layout, while builds with another layout may write to it.
 *
 * A missing table, column or index is created when the file is opened. Nothing is removed then, because an older
 * build may need it. Every row says which layout filled its indexed columns. Opening fills the rows of other
 * layouts, and so does `migrate`. Each page is a transaction of its own, so an interrupted run continues where it
 * stopped.
 *
 * The ledger says which layout of a collection is ready: every row is filled, and no build of another layout can
 * have written since. The rows of a ready layout need no check. A layout becomes ready when its build is alone with
 * the file, or was told that the older build has stopped. A build that opens the file with another layout takes the
 * mark away.
 */
import Connection from 'libsql';
import type { Collection, Migrated } from '../../ports/database.ts';
import { indexedFields, layoutOf } from '../engine/layout.ts';
import { scalarOf } from '../engine/query.ts';
import { decoded } from '../engine/row.ts';
import { column, LEDGER, quoted, stored } from './table.ts';

/** How long opening waits for another process that lays out the same file. */
const OPEN_TIMEOUT_MS = 10_000;
/** How long a commit waits for another process's commit. It is short, because the event loop is blocked meanwhile. */
const BUSY_TIMEOUT_MS = 250;
const REFILL_ROWS = 500;

/**
 * Opens a connection whose commits are on disk when they are acknowledged (`synchronous = FULL`), and whose readers
 * never wait for the writer (WAL).
 */
export function openSqlite(path: string, collections: readonly Collection[]): Connection.Database {
  const connection = new Connection(path);
  connection.pragma(`busy_timeout = ${OPEN_TIMEOUT_MS}`);
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  const unready = inTransaction(connection, () => {
    makeLedger(connection);
    return layOut(connection, collections);
  });
  // Determined before the rows are filled. A build that opens the file later takes away the mark of `layOut`.
  const isLast = unready.length > 0 && isAlone(connection, path);
  for (const collection of unready) {
    for (let page: Page = START; page.isMore; page = refill(connection, collection, page));
    if (isLast) inTransaction(connection, () => makeReady(connection, collection));
  }
  connection.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  return connection;
}

/**
 * Fills the rows that builds of another layout have written, whatever the ledger says; `run` runs each step. When no
 * older build runs any more, the layout becomes ready, and undeclared indexes are dropped.
 */
export async function migrateSqlite(
  connection: Connection.Database,
  collection: Collection,
  { isOldGone, run }: { readonly isOldGone: boolean; readonly run: <T>(work: () => T) => Promise<T> },
): Promise<Migrated> {
  const unready = await run(() => inTransaction(connection, () => layOut(connection, [collection])));
  let page = START;
  while (page.isMore) {
    const before = page;
    page = await run(() => refill(connection, collection, before));
  }
  const isReady =
    unready.length === 0 ||
    (isOldGone && (await run(() => inTransaction(connection, () => makeReady(connection, collection)))));
  return { collection: collection.name, refilled: page.refilled, isReady };
}

/** The collections that some build has laid out, that hold documents, and that are not among the `declared`. */
export function undeclaredIn(
  connection: Connection.Database,
  declared: readonly string[],
): readonly string[] {
  return [...marks(connection).keys()].filter(
    (name) =>
      !declared.includes(name) && pairs(connection, `SELECT 1 FROM ${quoted(name)} LIMIT 1`).length > 0,
  );
}

/** How far the rows have been checked. */
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

/** The ledger's mark of a ready layout. */
function readyMark(collection: Collection): string {
  return JSON.stringify([layoutOf(collection), Object.keys(indexesOf(collection))]);
}

/** The ledger's mark of a layout that is being filled. Only the build that began last can complete it. */
function fillingMark(collection: Collection): string {
  return `filling ${readyMark(collection)}`;
}

/** The ledger's mark of each collection. */
function marks(connection: Connection.Database): ReadonlyMap<string, string> {
  return new Map(pairs(connection, `SELECT name, layout FROM ${LEDGER}`));
}

function mark(connection: Connection.Database, layouts: readonly (readonly [string, string])[]): void {
  connection
    .prepare(
      `INSERT INTO ${LEDGER} SELECT value ->> 0, value ->> 1, 0 FROM json_each(?) WHERE true
       ON CONFLICT DO UPDATE SET layout = excluded.layout`,
    )
    .run([JSON.stringify(layouts)]);
}

/**
 * Creates the missing tables, columns and indexes in one script, because a call of the driver costs more than a table.
 * Returns the collections whose rows have to be filled: their layout was not ready, and their table is not new.
 */
function layOut(connection: Connection.Database, collections: readonly Collection[]): readonly Collection[] {
  const before = marks(connection);
  const changed = collections.filter((collection) => before.get(collection.name) !== readyMark(collection));
  if (changed.length === 0) return [];
  const present = presentColumns(connection);
  connection.exec(changed.flatMap((each) => missingOf(each, present.get(each.name) ?? null)).join(';\n'));
  const isThere = ({ name }: Collection) => present.has(name);
  mark(
    connection,
    changed.map((each) => [each.name, isThere(each) ? fillingMark(each) : readyMark(each)]),
  );
  return changed.filter(isThere);
}

/** The declared indexes, each ending in the id, by their SQL names. Other fields give another name. */
function indexesOf({ name, indexes }: Collection): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.values(indexes).map(({ fields }) => [`${name} by ${fields.join()}`, fields]),
  );
}

/** The quoted names of the columns of each existing table. */
function presentColumns(connection: Connection.Database): ReadonlyMap<string, ReadonlySet<string>> {
  const present = new Map<string, Set<string>>();
  const sql = `SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'`;
  for (const [table, name] of pairs(connection, sql)) {
    const columns = present.get(table) ?? new Set();
    present.set(table, columns.add(quoted(name)));
  }
  return present;
}

/** The statements that create what a collection declares beyond these columns. Null stands for no table yet. */
function missingOf(collection: Collection, present: ReadonlySet<string> | null): readonly string[] {
  const table = quoted(collection.name);
  const columns = indexedFields(collection).map(column);
  const own = ['id TEXT PRIMARY KEY NOT NULL', 'v INTEGER NOT NULL', 'schemaVersion INTEGER NOT NULL'];
  const made =
    present === null
      ? [
          `CREATE TABLE IF NOT EXISTS ${table} (${[...own, 'layout INTEGER', 'body TEXT NOT NULL', ...columns]})`,
        ]
      : [quoted('layout'), ...columns]
          .filter((name) => !present.has(name))
          .map((name) => `ALTER TABLE ${table} ADD COLUMN ${name}`);
  const indexes = Object.entries(indexesOf(collection)).map(
    ([name, fields]) =>
      `CREATE INDEX IF NOT EXISTS ${quoted(name)} ON ${table} (${[...fields.map(column), 'id']})`,
  );
  return [...made, ...indexes];
}

/**
 * Whether nobody else has the file open. SQLite leaves its write-ahead log only then, because all connections share
 * it.
 */
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
 * Fills the indexed columns of the next rows that another layout filled. Rows of a newer schema version are left as
 * the newer build filled them.
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
 * Marks the layout as ready, and drops undeclared indexes. Returns false, and does nothing, when a build of another
 * layout has opened the file since the filling began.
 */
function makeReady(connection: Connection.Database, collection: Collection): boolean {
  if (marks(connection).get(collection.name) !== fillingMark(collection)) return false;
  const wanted = indexesOf(collection);
  const sql = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";
  for (const [table, name] of pairs(connection, sql)) {
    if (table === collection.name && !Object.hasOwn(wanted, name)) {
      connection.exec(`DROP INDEX ${quoted(name)}`);
    }
  }
  mark(connection, [[collection.name, readyMark(collection)]]);
  return true;
}

/** The first two columns of a result, as texts. */
function pairs(connection: Connection.Database, sql: string): readonly (readonly [string, string])[] {
  const rows: readonly unknown[] = connection.prepare(sql).raw().all([]);
  return rows.map((row) => (Array.isArray(row) ? [String(row[0]), String(row[1])] : ['', '']));
}
