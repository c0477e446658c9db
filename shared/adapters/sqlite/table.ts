/** One collection as a SQLite table: its statements, and what its columns hold. */
import type Connection from 'libsql';
import type { Collection, Scalar } from '../../ports/database.ts';
import { indexedFields, layoutOf } from '../engine/layout.ts';
import { type Leading, type ListPlan, rangesOf } from '../engine/query.ts';
import { type Layout, mayExist, type Row, type Write } from '../engine/row.ts';

/** A value in an indexed column. It is never SQL's NULL, which means that the column is not filled yet. */
export type Stored = number | string;
type Bound = Stored | Buffer;

/** The table that stores, for each collection, its ready layout and the highest version ever removed. */
export const LEDGER = '"_collections"';

/** A name as quoted in SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The column of an indexed field. */
export function column(field: string): string {
  return quoted(`by_${field}`);
}

/**
 * A scalar as an indexed column stores it. Null is stored as −∞, which sorts before everything and equals itself, so
 * paging needs no special case for it. Booleans are stored as 0 and 1, because the driver aborts the whole process
 * on a boolean.
 */
export function stored(value: Scalar): Stored {
  if (value === null) return Number.NEGATIVE_INFINITY;
  return typeof value === 'boolean' ? Number(value) : value;
}

/** The range of all numbers: above −∞, which stands for null, and below '', the first text. */
const NUMBERS = { from: -Number.MAX_VALUE, below: '' };
/** The range of all texts. A blob sorts after every text. */
const TEXTS = { from: '', below: Buffer.alloc(0) };

/** The conditions of a query on one range of its index, and the values to bind. */
function conditionsOf(
  leading: Leading<Stored>,
  plan: ListPlan,
): { readonly sql: string; readonly values: readonly Bound[] } {
  const terms: string[] = [];
  const values: Bound[] = [];
  const term = (sql: string, ...bound: readonly Bound[]) => {
    terms.push(sql);
    values.push(...bound);
  };
  for (const { field, values: allowed } of leading) {
    const marks = allowed.map(() => '?').join();
    term(`${column(field)} ${allowed.length === 1 ? `= ${marks}` : `IN (${marks})`}`, ...allowed);
  }
  const sort = [...plan.sort.map(column), 'id'];
  const after = plan.after === null ? [] : [...plan.after.values.map(stored), plan.after.id];
  if (plan.range !== null) {
    const whole = typeof (plan.range.from ?? plan.range.below) === 'number' ? NUMBERS : TEXTS;
    const from = plan.range.from ?? whole.from;
    const below = plan.range.below ?? whole.below;
    // A later page seeks directly to its position. The + keeps the bound from using the index.
    const [position] = after;
    if (position === undefined) term(`${sort[0]} >= ? AND ${sort[0]} < ?`, from, below);
    else if (plan.isDescending) {
      term(`${sort[0]} >= ? AND ${sort[0]} <= min(?, ?) AND +${sort[0]} < ?`, from, position, below, below);
    } else term(`${sort[0]} >= max(?, ?) AND ${sort[0]} < ?`, from, position, below);
  }
  if (plan.after !== null) {
    term(`(${sort}) ${plan.isDescending ? '<' : '>'} (${after.map(() => '?').join()})`, ...after);
  }
  return { sql: terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`, values };
}

/**
 * The SQL of a checked query over a quoted table, and the values to bind. The limit is bound after them. Several
 * ranges of the index are merged: SQLite reads each in its order, and no more rows of each than the page has.
 */
export function listSql(
  table: string,
  plan: ListPlan,
): { readonly sql: string; readonly values: readonly Bound[] } {
  const ranges = rangesOf(plan.where, stored).map((leading) => conditionsOf(leading, plan));
  const sort = [...plan.sort.map(column), 'id'];
  const order = sort.map((each) => `${each} ${plan.isDescending ? 'DESC' : 'ASC'}`).join();
  const selects = ranges.map(({ sql }) => `SELECT schemaVersion, body, ${sort} FROM ${table}${sql}`);
  return {
    sql: `${selects.join(' UNION ALL ')} ORDER BY ${order} LIMIT ?`,
    values: ranges.flatMap(({ values }) => values),
  };
}

type Statement = Connection.Statement<unknown[]>;

/** A statement that is prepared when it is first used. A process uses a few of the statements of each table. */
function statement(connection: Connection.Database, sql: string, { isRaw = false } = {}): () => Statement {
  let prepared: Statement | null = null;
  return () => {
    prepared ??= isRaw ? connection.prepare(sql).raw() : connection.prepare(sql);
    return prepared;
  };
}

function rowOf(found: unknown): Row | null {
  if (!Array.isArray(found)) return null;
  const [version, schemaVersion, layout, body] = found;
  return { version, schemaVersion, layout, body };
}

/**
 * The prepared statements of one collection. Ids are bound as text. They are read from the bodies, never from
 * columns.
 */
export class Table implements Layout {
  readonly fields: readonly string[];
  readonly layout: number;
  readonly #name: string;
  readonly #connection: Connection.Database;
  readonly #lists = new Map<string, () => Statement>();
  readonly #read: () => Statement;
  readonly #version: () => Statement;
  readonly #insert: () => Statement;
  readonly #updates = new Map<string, () => Statement>();
  readonly #delete: () => Statement;
  readonly #noteRemoved: () => Statement;
  readonly #page: () => Statement;

  constructor(
    connection: Connection.Database,
    readonly collection: Collection,
  ) {
    const name = quoted(collection.name);
    const fields = indexedFields(collection);
    const columns = fields.map(column);
    const raw = { isRaw: true };
    const marks = ['?', '?', '?', '?', ...columns.map(() => '?')].join();
    this.#name = name;
    this.#connection = connection;
    this.fields = fields;
    this.layout = layoutOf(collection);
    this.#read = statement(
      connection,
      `SELECT v, schemaVersion, layout, body FROM ${name} WHERE id = ?`,
      raw,
    );
    this.#version = statement(connection, `SELECT v FROM ${name} WHERE id = ?`, raw);
    // The version is above every version ever removed, so that a document created again is not mistaken for the
    // removed one.
    this.#insert = statement(
      connection,
      `INSERT INTO ${name} (${['v', 'id', 'schemaVersion', 'layout', 'body', ...columns]})
       VALUES (1 + (SELECT removedVersion FROM ${LEDGER} WHERE name = ?), ${marks})`,
    );
    this.#delete = statement(connection, `DELETE FROM ${name} WHERE id = ?`);
    this.#noteRemoved = statement(
      connection,
      `UPDATE ${LEDGER} SET removedVersion = max(removedVersion, ?) WHERE name = ?`,
    );
    this.#page = statement(
      connection,
      `SELECT v, schemaVersion, layout, body FROM ${name} WHERE id > ? ORDER BY id LIMIT ?`,
      raw,
    );
  }

  /** The document with this id, or null. @throws a plain Error when the id is no text */
  read(id: string): Row | null {
    return mayExist(this.collection, id) ? rowOf(this.#read().get([id])) : null;
  }

  /** The current version of this id; 0 when there is none. */
  version(id: string): number {
    const found: unknown = mayExist(this.collection, id) ? this.#version().get([id]) : null;
    return Array.isArray(found) ? found[0] : 0;
  }

  insert({ id, schemaVersion, layout, body, fields }: Write): void {
    this.#insert().run([this.collection.name, id, schemaVersion, layout, body, ...fields.map(stored)]);
  }

  /** Writes only those indexed columns that differ. SQLite leaves an index alone when none of its columns is set. */
  update({ id, schemaVersion, layout, body, fields, changed }: Write): void {
    const places = changed ?? fields.map((_, place) => place);
    const values = places.map((place) => stored(fields[place] ?? null));
    this.#updateOf(places).run([schemaVersion, layout, body, ...values, id]);
  }

  #updateOf(places: readonly number[]): Statement {
    const key = places.join();
    let update = this.#updates.get(key);
    if (update === undefined) {
      const columns = this.fields.filter((_, place) => places.includes(place)).map(column);
      const set = ['schemaVersion', 'layout', 'body', ...columns].map((each) => `${each} = ?`).join();
      update = statement(this.#connection, `UPDATE ${this.#name} SET v = v + 1, ${set} WHERE id = ?`);
      this.#updates.set(key, update);
    }
    return update();
  }

  remove(id: string, version: number): void {
    this.#delete().run([id]);
    this.#noteRemoved().run([version, this.collection.name]);
  }

  /** The existing rows among at most 100 ids, in no order. @throws a plain Error when an id is no text */
  readMany(asked: readonly string[]): readonly Row[] {
    const ids = asked.filter((id) => mayExist(this.collection, id));
    if (ids.length === 0) return [];
    // The number of places is a power of two, so that few statements serve all counts. The last id fills the rest.
    const places = 2 ** Math.ceil(Math.log2(ids.length));
    const marks = Array.from({ length: places }, () => '?').join();
    const select = this.#cached(
      `SELECT v, schemaVersion, layout, body FROM ${this.#name} WHERE id IN (${marks})`,
    );
    const rows = select.all(Array.from({ length: places }, (_, i) => ids[i] ?? ids.at(-1)));
    return rows.flatMap((row) => rowOf(row) ?? []);
  }

  /** One page plus one row, which shows whether it is the last page. */
  list(plan: ListPlan): readonly Pick<Row, 'schemaVersion' | 'body'>[] {
    const { sql, values } = listSql(this.#name, plan);
    const rows: readonly unknown[] = this.#cached(sql).all([...values, plan.limit + 1]);
    return rows.flatMap((row) => (Array.isArray(row) ? { schemaVersion: row[0], body: row[1] } : []));
  }

  /** The next `limit` documents by id after `id`. */
  page(id: string, limit: number): readonly Row[] {
    return this.#page()
      .all([id, limit])
      .flatMap((row) => rowOf(row) ?? []);
  }

  #cached(sql: string): Statement {
    let select = this.#lists.get(sql);
    if (select === undefined) {
      select = statement(this.#connection, sql, { isRaw: true });
      this.#lists.set(sql, select);
    }
    return select();
  }
}
