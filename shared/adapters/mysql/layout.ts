/**
 * Brings a database to the declared layout, while builds with another layout may write to it.
 *
 * Everything is only added, and only in ways that let others read and write meanwhile. The clauses say so, and a
 * server that would have to copy a table refuses. What is not declared any more is dropped when no older build runs.
 *
 * The server does not say who else uses the database. So a layout is ready when its table is new, or when somebody
 * has said that the older build has stopped.
 */
import { fail } from '../../errors.ts';
import type { Collection, Migrated } from '../../ports/database.ts';
import { scalarOf } from '../engine/query.ts';
import { decoded } from '../engine/row.ts';
import type { Link, Rows } from './link.ts';
import { name, text } from './literal.ts';
import { column, indexName, LEDGER, rowOf, type Table } from './table.ts';

const REFILL_ROWS = 500;
/**
 * The longest indexed value. Five of them and an id, with two bytes each for their lengths, are 3,072 bytes. Of a
 * longer index the server does not know that it has the order of the ids, and sorts what it finds.
 */
const COLUMN_BYTES = 472;
/** A change of a large table takes its time. */
const CHANGE_TIMEOUT_MS = 3_600_000;
/** How long one process waits for another that lays out the same database. */
const TURN_S = 60;

/** How the layout asks the server: a read, or a step on one connection. */
interface Server {
  readonly ask: (sql: string) => Promise<Rows>;
  readonly run: <T>(step: (link: Link) => Promise<T>) => Promise<T>;
}

/** Creates what is missing, and fills the rows of those layouts that are not ready. */
export async function layOut(tables: readonly Table[], server: Server): Promise<void> {
  for (const table of await addMissing(tables, server)) await refillAll(table, server);
}

/**
 * Fills the rows that builds of another layout have written, whatever the ledger says. When no older build runs any
 * more, the layouts become ready, and undeclared indexes are dropped.
 */
export async function migrateMysql(
  tables: readonly Table[],
  { isOldGone, ...server }: Server & { readonly isOldGone: boolean },
): Promise<readonly Migrated[]> {
  const unready = new Set(await addMissing(tables, server));
  const migrated: Migrated[] = [];
  for (const table of tables) {
    const refilled = await refillAll(table, server);
    const isReady =
      !unready.has(table) || (isOldGone && (await server.run((link) => makeReady(link, table))));
    migrated.push({ collection: table.collection.name, refilled, isReady });
  }
  return migrated;
}

/** The collections that some build has laid out, that hold documents, and that are not among the `declared`. */
export async function undeclaredIn(
  declared: readonly string[],
  server: Pick<Server, 'ask'>,
): Promise<readonly string[]> {
  const others = (await server.ask(`SELECT name FROM ${LEDGER}`))
    .map(([collection]) => String(collection))
    .filter((collection) => !declared.includes(collection));
  const rows = await Promise.all(
    others.map((collection) => server.ask(`SELECT 1 FROM ${name(collection)} LIMIT 1`)),
  );
  return others.filter((_, place) => rows[place]?.length === 1);
}

function ask(link: Link, sql: string): Promise<Rows> {
  return link.ask(sql, { statements: 1, timeoutMs: CHANGE_TIMEOUT_MS }).then(([rows = []]) => rows);
}

/** Runs a change of the layout while no other process changes it. */
async function inTurn<T>(link: Link, change: () => Promise<T>): Promise<T> {
  const turn = "CONCAT('zhike.', SHA1(DATABASE()))";
  const [[isMine] = []] = await ask(link, `SELECT GET_LOCK(${turn}, ${TURN_S})`);
  if (Number(isMine) !== 1)
    throw fail('database.unavailable', { detail: 'another process lays out the database' });
  try {
    return await change();
  } finally {
    if (!link.isBroken) await ask(link, `SELECT RELEASE_LOCK(${turn})`).catch(() => link.destroy());
  }
}

/** The declared indexes by their names. The server itself appends the id to each. */
function indexesOf({ indexes }: Collection): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.values(indexes).map(({ fields }) => [indexName(fields), fields]));
}

/** The ledger's mark of a ready layout. */
function readyMark(table: Table): string {
  return JSON.stringify([table.layout, [...indexesOf(table.collection).keys()]]);
}

/** The ledger's mark of a layout that is being filled. Only the build that began last can complete it. */
function fillingMark(table: Table): string {
  return `filling ${readyMark(table)}`;
}

async function marks(link: Link): Promise<ReadonlyMap<string, string>> {
  const rows = await ask(link, `SELECT name, layout FROM ${LEDGER}`);
  return new Map(rows.map(([collection, layout]) => [String(collection), String(layout)]));
}

async function mark(link: Link, table: Table, layout: string): Promise<void> {
  const [collection, value] = [text(table.collection.name), text(layout)];
  await ask(
    link,
    `INSERT INTO ${LEDGER} SET name = ${collection}, layout = ${value} ON DUPLICATE KEY UPDATE layout = ${value}`,
  );
}

/** What a table has already. */
interface Present {
  readonly columns: ReadonlySet<string>;
  readonly indexes: ReadonlySet<string>;
}

/**
 * The tables that exist, by their names in lower case, because some servers keep names so. Names of columns and
 * indexes have no case.
 */
async function presentOf(link: Link): Promise<ReadonlyMap<string, Present>> {
  const own = 'TABLE_SCHEMA = DATABASE()';
  const present = new Map<string, { columns: Set<string>; indexes: Set<string> }>();
  const tableOf = (row: Rows[number]) => {
    const key = String(row[0]).toLowerCase();
    const table = present.get(key) ?? { columns: new Set(), indexes: new Set() };
    present.set(key, table);
    return table;
  };
  const columns = await ask(
    link,
    `SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE ${own}`,
  );
  for (const row of columns) tableOf(row).columns.add(String(row[1]).toLowerCase());
  const indexes = await ask(
    link,
    `SELECT TABLE_NAME, INDEX_NAME FROM information_schema.STATISTICS WHERE ${own}`,
  );
  for (const row of indexes) tableOf(row).indexes.add(String(row[1]));
  return present;
}

function columnOf(field: string): string {
  return `${column(field)} VARBINARY(${COLUMN_BYTES}) NOT NULL DEFAULT ''`;
}

function keyOf(index: string, fields: readonly string[]): string {
  return `${name(index)} (${fields.map(column).join()})`;
}

/** The statements that create what a collection declares beyond what its table has. Null stands for no table yet. */
function missingOf({ collection, fields, name: table }: Table, present: Present | null): readonly string[] {
  const indexes = [...indexesOf(collection)];
  if (present === null) {
    const own = [
      'id VARBINARY(700) NOT NULL PRIMARY KEY',
      'v BIGINT UNSIGNED NOT NULL',
      'schemaVersion INT UNSIGNED NOT NULL',
      'layout INT UNSIGNED NOT NULL',
      'body MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL',
    ];
    const keys = indexes.map(([index, of]) => `KEY ${keyOf(index, of)}`);
    const parts = [...own, ...fields.map(columnOf), ...keys];
    return [`CREATE TABLE IF NOT EXISTS ${table} (${parts.join()}) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`];
  }
  const columns = fields.filter((field) => !present.columns.has(`by_${field}`.toLowerCase()));
  const keys = indexes.filter(([index]) => !present.indexes.has(index));
  return [
    ...columns.map((field) => `ALTER TABLE ${table} ADD COLUMN ${columnOf(field)}, ALGORITHM = INSTANT`),
    ...keys.map(
      ([index, of]) => `ALTER TABLE ${table} ADD KEY ${keyOf(index, of)}, ALGORITHM = INPLACE, LOCK = NONE`,
    ),
  ];
}

/** Creates what is missing. Answers the tables whose rows have to be filled: they are not new, and not ready. */
function addMissing(tables: readonly Table[], { run }: Server): Promise<readonly Table[]> {
  return run((link) =>
    inTurn(link, async () => {
      await ask(
        link,
        `CREATE TABLE IF NOT EXISTS ${LEDGER} (name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL
         PRIMARY KEY, layout TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL) ENGINE = InnoDB`,
      );
      const before = await marks(link);
      const changed = tables.filter((table) => before.get(table.collection.name) !== readyMark(table));
      if (changed.length === 0) return [];
      const present = await presentOf(link);
      const old: Table[] = [];
      for (const table of changed) {
        const own = present.get(table.collection.name.toLowerCase()) ?? null;
        for (const statement of missingOf(table, own)) await ask(link, statement);
        await mark(link, table, own === null ? readyMark(table) : fillingMark(table));
        if (own !== null) old.push(table);
      }
      return old;
    }),
  );
}

/** Fills the rows of other layouts, a page at a time. Answers how many there were. */
async function refillAll(table: Table, server: Server): Promise<number> {
  let refilled = 0;
  let last = '';
  for (;;) {
    const { count, lastId, isMore } = await server.run((link) => refill(link, table, last));
    refilled += count;
    if (!isMore) return refilled;
    last = lastId;
  }
}

/**
 * Fills the next rows. A row that somebody has changed meanwhile is looked at again. Rows of a newer schema version
 * are left as the newer build filled them.
 */
async function refill(
  link: Link,
  table: Table,
  last: string,
): Promise<{ readonly count: number; readonly lastId: string; readonly isMore: boolean }> {
  const rows = (await ask(link, table.selectOthers(last, REFILL_ROWS))).map(rowOf);
  const docs = rows.map((row) => ({ row, doc: decoded(table.collection, row) }));
  if (docs.length === 0) return { count: 0, lastId: last, isMore: false };
  const updates = docs.map(({ row, doc }) => {
    const values = table.fields.map((field) => scalarOf(table.collection, doc, field));
    return table.refill(doc.id, row.version, values);
  });
  const packet = ['BEGIN', ...updates.flatMap((update) => [update, 'SELECT ROW_COUNT()']), 'COMMIT'];
  const asked = { statements: packet.length, timeoutMs: CHANGE_TIMEOUT_MS };
  const results = await link.ask(packet.join(';'), asked).catch(async (error: unknown) => {
    if (!link.isBroken) await ask(link, 'ROLLBACK').catch(() => link.destroy());
    throw error;
  });
  const isFilled = docs.map((_, place) => Number(results[2 * place + 2]?.[0]?.[0]) === 1);
  const firstMissed = isFilled.indexOf(false);
  const lastId = (firstMissed === -1 ? docs.at(-1) : docs[firstMissed - 1])?.doc.id ?? last;
  const isMore = firstMissed !== -1 || rows.length === REFILL_ROWS;
  return { count: isFilled.filter(Boolean).length, lastId, isMore };
}

/**
 * Marks the layout as ready, and drops undeclared indexes. Returns false, and does nothing, when a build of another
 * layout has begun to fill since.
 */
function makeReady(link: Link, table: Table): Promise<boolean> {
  return inTurn(link, async () => {
    if ((await marks(link)).get(table.collection.name) !== fillingMark(table)) return false;
    const wanted = indexesOf(table.collection);
    const present = (await presentOf(link)).get(table.collection.name.toLowerCase());
    for (const index of present?.indexes ?? []) {
      if (index !== 'PRIMARY' && !wanted.has(index)) {
        await ask(
          link,
          `ALTER TABLE ${table.name} DROP KEY ${name(index)}, ALGORITHM = INPLACE, LOCK = NONE`,
        );
      }
    }
    await mark(link, table, readyMark(table));
    return true;
  });
}
