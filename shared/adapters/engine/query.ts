/**
 * What every engine does with a query before it asks its store: check it against the declared index, and read and
 * write cursors.
 */
import { createHash } from 'node:crypto';
import { fail } from '../../errors.ts';
import type { Collection, Doc, IndexSpec, Query, Scalar } from '../../ports/database.ts';

const LIMIT_MAX = 1_000;
const VALUES_MAX = 50;
/** Base64url characters of a cursor's checksum: 72 bits. */
const CHECKSUM_CHARACTERS = 12;

/** The index that every collection has: its documents in the order of their ids. */
const BY_ID: IndexSpec = { fields: [] };

function indexOf({ indexes }: Collection, name: string): IndexSpec | undefined {
  if (name === 'id') return BY_ID;
  return Object.hasOwn(indexes, name) ? indexes[name] : undefined;
}

/** The start of a page: behind the document with this id and these values of the sort fields. */
export interface Position {
  readonly values: readonly Scalar[];
  readonly id: string;
}

/** A checked query. The result is sorted by `sort`, then by id, all in the same direction. */
export interface ListPlan {
  /** The leading fields of the index, each with the values it may have. */
  readonly where: readonly { readonly field: string; readonly values: readonly Scalar[] }[];
  /** A range on the first sort field. Only values of the bounds' own type are in it, so null never is. */
  readonly range: { readonly from: number | string | null; readonly below: number | string | null } | null;
  /** The remaining fields of the index, in order. */
  readonly sort: readonly string[];
  readonly isDescending: boolean;
  readonly limit: number;
  readonly after: Position | null;
  /**
   * The query that a cursor belongs to. The range is not part of it, because its bounds may move with the clock from
   * page to page.
   */
  readonly shape: string;
}

/** Whether every store keeps the text as it is: it has no unpaired surrogate. */
export function isWellFormed(value: string): boolean {
  return !/\p{Surrogate}/u.test(value);
}

/** Whether an index can hold the value and a query can compare with it. */
export function isScalar(value: unknown): value is Scalar {
  if (typeof value === 'string') return isWellFormed(value);
  return value === null || typeof value === 'boolean' || Number.isFinite(value);
}

/** A field's value as an index sees it: null when it is missing. @throws a plain Error when it is no scalar */
export function scalarOf(collection: Collection, doc: Doc, field: string): Scalar {
  const value: unknown = Object.hasOwn(doc, field) ? Reflect.get(doc, field) : null;
  if (value === undefined) return null;
  if (!isScalar(value)) throw new Error(`${collection.name}.${field} is indexed and must be a scalar`);
  return value;
}

/**
 * Checks a query and plans how to answer it.
 * @throws request.invalid for a cursor of another query; a plain Error for anything else that does not fit
 */
export function planList(collection: Collection, query: Query): ListPlan {
  const refuse = (why: string) => new Error(`query of ${collection.name} by ${query.index}: ${why}`);
  const index = indexOf(collection, query.index);
  if (index === undefined) throw refuse('no such index');
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > LIMIT_MAX) throw refuse('limit');
  if (query.order !== 'ascending' && query.order !== 'descending') throw refuse('order');

  const given = Object.keys(query.where);
  const leading = index.fields.slice(0, given.length);
  if (!given.every((field) => leading.includes(field))) throw refuse('where is not on the leading fields');
  const where = leading.map((field) => {
    const asked: unknown = query.where[field];
    const values: readonly unknown[] = Array.isArray(asked) ? asked : [asked];
    if (values.length < 1 || values.length > VALUES_MAX) throw refuse(`1 to ${VALUES_MAX} values, please`);
    if (!values.every(isScalar)) throw refuse(`${field} is compared with something that is no scalar`);
    return { field, values };
  });

  const sort = index.fields.slice(given.length);
  const isDescending = query.order === 'descending';
  const shape = JSON.stringify([collection.name, query.index, where, isDescending]);
  return {
    where,
    range: query.range === undefined ? null : checkedRange(query.range, sort[0] ?? 'id', refuse),
    sort,
    isDescending,
    limit: query.limit,
    after: query.cursor === null ? null : positionOf(query.cursor, shape, sort.length),
    shape,
  };
}

function checkedRange(
  range: NonNullable<Query['range']>,
  field: string | undefined,
  refuse: (why: string) => Error,
): NonNullable<ListPlan['range']> {
  if (range.field !== field) throw refuse('range is not on the field after where');
  const [from, below] = [range.from, range.below].map((bound) => {
    if (bound === undefined) return null;
    if (typeof bound !== 'number' && typeof bound !== 'string') throw refuse('a bound is a number or a text');
    if (!isScalar(bound)) throw refuse('a bound is not finite or not well-formed');
    return bound;
  });
  if (from === undefined || below === undefined || (from === null && below === null)) {
    throw refuse('a range has at least one bound');
  }
  if (from !== null && below !== null && typeof from !== typeof below) throw refuse('bounds of two types');
  return { from, below };
}

/** The largest number of index ranges that one query merges. A query with more ranges sorts everything it finds. */
const MERGED_MAX = 64;

/** The leading fields of a query, each with the values it may have, as the engine's columns store them. */
export type Leading<S> = readonly { readonly field: string; readonly values: readonly S[] }[];

/**
 * The ranges of the index that a query reads. There is one for each combination of values of its leading fields,
 * because only the rows of one combination are in the order of the index. Example: two states of three kinds are six
 * ranges. `stored` gives equal results for values that the engine's columns do not tell apart.
 */
export function rangesOf<S>(where: ListPlan['where'], stored: (value: Scalar) => S): readonly Leading<S>[] {
  const leading = where.map(({ field, values }) => ({ field, values: [...new Set(values.map(stored))] }));
  const count = leading.reduce((product, { values }) => product * values.length, 1);
  if (count > MERGED_MAX) return [leading];
  return leading.reduce<readonly Leading<S>[]>(
    (ranges, { field, values }) =>
      ranges.flatMap((range) => values.map((value) => [...range, { field, values: [value] }])),
    [[]],
  );
}

function checksum(shape: string, position: string): string {
  return createHash('sha256')
    .update(shape)
    .update('\n')
    .update(position)
    .digest('base64url')
    .slice(0, CHECKSUM_CHARACTERS);
}

/**
 * The cursor that continues behind `last`. It is opaque but not secret: nothing in it extends what the query may
 * see.
 */
export function cursorAfter(collection: Collection, plan: ListPlan, last: Doc): string {
  const values = plan.sort.map((field) => scalarOf(collection, last, field));
  const position = JSON.stringify([...values, last.id]);
  return checksum(plan.shape, position) + Buffer.from(position).toString('base64url');
}

function positionOf(cursor: unknown, shape: string, sortFields: number): Position {
  const invalid = fail('request.invalid', {
    params: { field: 'cursor' },
    detail: 'not a cursor of this query',
  });
  if (typeof cursor !== 'string') throw invalid;
  const position = Buffer.from(cursor.slice(CHECKSUM_CHARACTERS), 'base64url').toString();
  if (cursor.slice(0, CHECKSUM_CHARACTERS) !== checksum(shape, position)) throw invalid;
  let values: unknown;
  try {
    values = JSON.parse(position);
  } catch {
    throw invalid;
  }
  if (!Array.isArray(values) || values.length !== sortFields + 1 || !values.every(isScalar)) throw invalid;
  const id = values.at(-1);
  if (typeof id !== 'string') throw invalid;
  return { values: values.slice(0, -1), id };
}
