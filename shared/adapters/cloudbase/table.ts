/** One collection: how its documents stand in CloudBase, and its queries. Ids are read from the bodies. */
import type { CollectionReference, Db, Query } from '@cloudbase/database';
import type { Collection } from '../../ports/database.ts';
import { indexedFields, layoutOf } from '../engine/layout.ts';
import type { ListPlan } from '../engine/query.ts';
import type { Touched as RemoteTouched } from '../engine/remote.ts';
import type { Layout, Row, Write } from '../engine/row.ts';
import { NUMBER_TEXTS_FROM, TEXT_TEXTS_BELOW, TEXT_TEXTS_FROM, textOf } from '../engine/value.ts';

/** A document that a transaction touched. */
export type Touched = RemoteTouched<Table>;

/** A condition in MongoDB's words. All values in it are texts, numbers, or lists of these. */
export type Condition = Readonly<Record<string, unknown>>;

/** The field of an indexed field. */
export function column(field: string): string {
  return `by_${field}`;
}

/** What is read of a row. */
const READ = { v: true, schemaVersion: true, layout: true, body: true };

/** The most documents of one answer. */
export const ANSWER_MAX = 1_000;

/** A row of `READ`. */
export function rowOf(found: Readonly<Record<string, unknown>>): Row {
  const { v, schemaVersion, layout, body } = found;
  return {
    version: Number(v),
    schemaVersion: Number(schemaVersion),
    layout: Number(layout),
    body: String(body),
  };
}

/** A query of a collection, or of a transaction's part of it. The condition goes to the database as it is. */
export function where(collection: CollectionReference, condition: Condition): Query {
  return collection.options({ raw: true }).where(condition);
}

/** One page in the order of fields, all in the same direction. */
export interface Paged {
  readonly condition: Condition;
  readonly sort: readonly string[];
  readonly isDescending: boolean;
  readonly limit: number;
}

/** The queries of one collection. */
export class Table implements Layout {
  readonly fields: readonly string[];
  readonly layout: number;
  readonly name: string;

  constructor(readonly collection: Collection) {
    this.name = collection.name;
    this.fields = indexedFields(collection);
    this.layout = layoutOf(collection);
  }

  /** The documents with these ids, at most 1,000. */
  many(db: Db, ids: readonly string[]): Query {
    return where(db.collection(this.name), { _id: { $in: ids } })
      .field(READ)
      .limit(ids.length);
  }

  page(db: Db, { condition, sort, isDescending, limit }: Paged): Query {
    const direction = isDescending ? 'desc' : 'asc';
    const query = where(db.collection(this.name), condition).field(READ).limit(limit);
    return sort.reduce((sorted, field) => sorted.orderBy(field, direction), query);
  }

  /** The next documents by id after `id`. */
  after(id: string, limit: number): Paged {
    return { condition: { _id: { $gt: id } }, sort: ['_id'], isDescending: false, limit };
  }

  /** The same, of those that a build of another layout has filled, and of none of a newer schema version. */
  othersAfter(id: string, limit: number): Paged {
    const others = { layout: { $ne: this.layout }, schemaVersion: { $lte: this.collection.version } };
    return { ...this.after(id, limit), condition: { _id: { $gt: id }, ...others } };
  }

  /** A document in this very version. */
  version(id: string, version: number): Condition {
    return { _id: { $eq: id }, v: { $eq: version } };
  }

  /** A row but for its id and its version. All indexed fields are in it, because another build may have filled them. */
  content({ schemaVersion, layout, body, fields }: Write): Readonly<Record<string, string | number>> {
    return { schemaVersion, layout, body, ...this.indexed(fields) };
  }

  /** The indexed fields. */
  indexed(values: Write['fields']): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.fields.map((field, place) => [column(field), textOf(values[place] ?? null)]),
    );
  }

  /** One page of a query, of at most `limit` documents. */
  list(plan: ListPlan, limit: number): Paged {
    const sort = [...plan.sort.map(column), '_id'];
    const [first = '_id'] = sort;
    const terms: Condition[] = plan.where.map(({ field, values }) => {
      const texts = [...new Set(values.map(textOf))];
      return { [column(field)]: texts.length === 1 ? { $eq: texts[0] } : { $in: texts } };
    });
    if (plan.range !== null) {
      const { from, below } = boundsOf(plan.range, first === '_id');
      terms.push({ [first]: below === null ? { $gte: from } : { $gte: from, $lt: below } });
    }
    if (plan.after !== null) {
      const values = [...plan.after.values.map(textOf), plan.after.id];
      terms.push(behind(sort, values, plan.isDescending ? '$lt' : '$gt'));
    }
    const condition = terms.length === 0 ? {} : { $and: terms };
    return { condition, sort, isDescending: plan.isDescending, limit };
  }
}

/** The bounds of a range. An id has no type in front, and is in no range of numbers. */
function boundsOf(
  { from, below }: NonNullable<ListPlan['range']>,
  isId: boolean,
): { readonly from: string; readonly below: string | null } {
  const isNumeric = typeof (from ?? below) === 'number';
  if (isId && isNumeric) return { from: '', below: '' };
  if (isId) return { from: String(from ?? ''), below: below === null ? null : String(below) };
  const [least, above] = isNumeric
    ? [NUMBER_TEXTS_FROM, TEXT_TEXTS_FROM]
    : [TEXT_TEXTS_FROM, TEXT_TEXTS_BELOW];
  return { from: from === null ? least : textOf(from), below: below === null ? above : textOf(below) };
}

/** What comes behind a position in the order of the index, written out field by field. */
function behind(sort: readonly string[], values: readonly string[], sign: '$lt' | '$gt'): Condition {
  const [field = '_id', ...fields] = sort;
  const [value = '', ...rest] = values;
  const further = { [field]: { [sign]: value } };
  if (fields.length === 0) return further;
  return { $or: [further, { $and: [{ [field]: { $eq: value } }, behind(fields, rest, sign)] }] };
}
