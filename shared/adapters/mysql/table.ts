/** One collection as a table: its statements. Ids are read from the bodies, never from columns. */
import type { Collection } from '../../ports/database.ts';
import { indexedFields, layoutOf } from '../engine/layout.ts';
import { type Leading, type ListPlan, rangesOf } from '../engine/query.ts';
import type { Touched as RemoteTouched } from '../engine/remote.ts';
import type { Layout, Read, Row, Write } from '../engine/row.ts';
import { bytesOf, NUMBERS_FROM, TEXTS_BELOW, TEXTS_FROM } from '../engine/value.ts';
import { bytes, name, text, whole } from './literal.ts';

/** A document that a transaction touched. */
export type Touched = RemoteTouched<Table>;

/** The table that stores the ready layout of each collection. */
export const LEDGER = name('_collections');

/** The column of an indexed field. */
export function column(field: string): string {
  return name(`by_${field}`);
}

/** The name of an index. Other fields give another name. */
export function indexName(fields: readonly string[]): string {
  return `by ${fields.join()}`;
}

/** The columns that every row has. */
const COLUMNS = 'v, schemaVersion, layout, body';

/**
 * A version is the time of the insert in microseconds plus the number of updates. So it is above every version that a
 * removed document with the same id had.
 */
const FIRST_VERSION = 'CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS UNSIGNED)';

/** Fails when the condition is false, which ends the packet there. */
function guard(condition: string): string {
  return `SELECT EXP(IF(${condition}, 0, 1000))`;
}

/** A row of `COLUMNS`. */
export function rowOf(found: readonly unknown[]): Row {
  const [version, schemaVersion, layout, body] = found;
  return {
    version: Number(version),
    schemaVersion: Number(schemaVersion),
    layout: Number(layout),
    body: String(body),
  };
}

/** What a list reads of a row. */
export function readOf(found: readonly unknown[]): Read {
  const [schemaVersion, body] = found;
  return { schemaVersion: Number(schemaVersion), body: String(body) };
}

/** An id as SQL. */
function idLiteral(id: string): string {
  return bytes(Buffer.from(id));
}

/** The statements of one collection. */
export class Table implements Layout {
  readonly fields: readonly string[];
  readonly layout: number;
  readonly name: string;

  constructor(readonly collection: Collection) {
    this.name = name(collection.name);
    this.fields = indexedFields(collection);
    this.layout = layoutOf(collection);
  }

  selectMany(ids: readonly string[]): string {
    return `SELECT ${COLUMNS} FROM ${this.name} WHERE id IN (${ids.map(idLiteral).join()})`;
  }

  /** The next rows by id after `id`. */
  selectPage(id: string, limit: number): string {
    return `SELECT ${COLUMNS} FROM ${this.name} WHERE id > ${idLiteral(id)} ORDER BY id LIMIT ${whole(limit)}`;
  }

  /** The next rows by id after `id` that a build of another layout has filled, and none of a newer schema version. */
  selectOthers(id: string, limit: number): string {
    const others = `layout <> ${whole(this.layout)} AND schemaVersion <= ${whole(this.collection.version)}`;
    return `SELECT ${COLUMNS} FROM ${this.name} WHERE id > ${idLiteral(id)} AND ${others}
 ORDER BY id LIMIT ${whole(limit)}`;
  }

  /** The version of a document, or null, with a number to tell several apart. */
  selectVersion(place: number, id: string): string {
    return `SELECT ${whole(place)}, (SELECT v FROM ${this.name} WHERE id = ${idLiteral(id)})`;
  }

  /** Fills the indexed columns of a row, unless it has changed. The document stays the same version. */
  refill(id: string, version: number, values: Write['fields']): string {
    const set = [`layout = ${whole(this.layout)}`, ...this.#assignments(values)];
    return `UPDATE ${this.name} SET ${set.join()} WHERE id = ${idLiteral(id)} AND v = ${whole(version)}`;
  }

  /** The part of a commit that concerns one document: what it relies on is guarded, and what it writes is written. */
  commit({ id, seen: { row }, write }: Touched): readonly string[] {
    const found = row === null ? '' : `WHERE id = ${idLiteral(id)} AND v = ${whole(row.version)}`;
    if (row === null) return write ? [this.#insert(write)] : this.#occupy(id);
    if (write === undefined) {
      const version = `SELECT v FROM ${this.name} WHERE id = ${idLiteral(id)} LOCK IN SHARE MODE`;
      return [guard(`(${version}) <=> ${whole(row.version)}`)];
    }
    const change =
      write === null
        ? `DELETE FROM ${this.name} ${found}`
        : `UPDATE ${this.name} SET v = v + 1, ${this.#content(write).join()} ${found}`;
    return [change, guard('ROW_COUNT() = 1')];
  }

  #insert(write: Write): string {
    const set = [`id = ${idLiteral(write.id)}`, `v = ${FIRST_VERSION}`, ...this.#content(write)];
    return `INSERT INTO ${this.name} SET ${set.join()}`;
  }

  /**
   * Locks an id that nobody has, until the commit. A lock on nothing would keep nobody from inserting it, so it is
   * inserted and removed.
   */
  #occupy(id: string): readonly string[] {
    return [
      `INSERT INTO ${this.name} SET id = ${idLiteral(id)}, v = 0, schemaVersion = 0, layout = 0, body = ''`,
      `DELETE FROM ${this.name} WHERE id = ${idLiteral(id)}`,
    ];
  }

  /** All indexed columns are written, because a build of another layout may have filled them meanwhile. */
  #content({ schemaVersion, layout, body, fields }: Write): readonly string[] {
    return [
      `schemaVersion = ${whole(schemaVersion)}`,
      `layout = ${whole(layout)}`,
      `body = ${text(body)}`,
      ...this.#assignments(fields),
    ];
  }

  #assignments(values: Write['fields']): readonly string[] {
    return this.fields.map((field, place) => `${column(field)} = ${bytes(bytesOf(values[place] ?? null))}`);
  }

  /**
   * One page plus one row, which shows whether it is the last page. Each range of the index is read in its order. Of
   * several, only ids and sort fields are merged, and the documents of the page are read after that.
   */
  selectList(plan: ListPlan): string {
    const index = [...plan.where.map(({ field }) => field), ...plan.sort];
    const from = `${this.name} FORCE INDEX (${index.length === 0 ? 'PRIMARY' : name(indexName(index))})`;
    const sort = [...plan.sort.map(column), 'id'];
    const order = orderOf(sort, plan);
    const ranges = rangesOf(plan.where, (value) => bytes(bytesOf(value)));
    const selects = ranges
      .map((leading) => conditions(leading, plan, sort))
      .map((where) => `${from}${where}${order}`);
    const [only = ''] = selects;
    if (selects.length === 1) return `SELECT schemaVersion, body FROM ${only}`;
    const merged = selects.map((select) => `(SELECT ${sort.join()} FROM ${select})`).join(' UNION ALL ');
    const paged = sort.map((each) => `page.${each}`);
    return `SELECT t.schemaVersion, t.body FROM (${merged}${order}) AS page
 JOIN ${this.name} AS t ON t.id = page.id${orderOf(paged, plan)}`;
  }
}

function orderOf(sort: readonly string[], { isDescending, limit }: ListPlan): string {
  const order = sort.map((each) => `${each} ${isDescending ? 'DESC' : 'ASC'}`).join();
  return ` ORDER BY ${order} LIMIT ${whole(limit + 1)}`;
}

/** The conditions of a query on one range of its index. */
function conditions(leading: Leading<string>, plan: ListPlan, sort: readonly string[]): string {
  const terms = leading.map(({ field, values }) =>
    values.length === 1 ? `${column(field)} = ${values[0]}` : `${column(field)} IN (${values.join()})`,
  );
  const [first = 'id'] = sort;
  if (plan.range !== null) {
    const { from, below } = boundsOf(plan.range, first === 'id');
    terms.push(`${first} >= ${from}`, `${first} < ${below}`);
  }
  if (plan.after !== null) {
    const values = [...plan.after.values.map((value) => bytes(bytesOf(value))), idLiteral(plan.after.id)];
    terms.push(behind(sort, values, plan.isDescending ? '<' : '>'));
  }
  return terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`;
}

/** Above every id, because no UTF-8 has this byte. */
const ABOVE_IDS = Buffer.from([0xff]);

/** The bounds of a range as SQL. An id has no type in front, and is in no range of numbers. */
function boundsOf(
  { from, below }: NonNullable<ListPlan['range']>,
  isId: boolean,
): { readonly from: string; readonly below: string } {
  const isNumeric = typeof (from ?? below) === 'number';
  if (isId) {
    return {
      from: isNumeric ? bytes(ABOVE_IDS) : idLiteral(String(from ?? '')),
      below: bytes(below === null || isNumeric ? ABOVE_IDS : Buffer.from(String(below))),
    };
  }
  const all = isNumeric
    ? { from: NUMBERS_FROM, below: TEXTS_FROM }
    : { from: TEXTS_FROM, below: TEXTS_BELOW };
  return {
    from: bytes(from === null ? all.from : bytesOf(from)),
    below: bytes(below === null ? all.below : bytesOf(below)),
  };
}

/**
 * What comes behind a position in the order of the index, written out field by field. For a comparison of whole rows,
 * `(a, b) > (…)`, the server would use only the first field of the index.
 */
function behind(sort: readonly string[], values: readonly string[], sign: '<' | '>'): string {
  const [field = 'id', ...fields] = sort;
  const [value = '', ...rest] = values;
  const further = `${field} ${sign} ${value}`;
  if (fields.length === 0) return further;
  return `(${further} OR (${field} = ${value} AND ${behind(fields, rest, sign)}))`;
}
