import type * as z from 'zod';

/** Any stored document. Its id is unique in its collection; everything else is JSON, `null` where nothing is there. */
export interface Doc {
  readonly id: string;
}

/** The fields an index sorts by, in order. Equality and `in` on a prefix of them, then at most one range. */
export interface IndexSpec {
  readonly fields: readonly string[];
}

/**
 * A collection, declared once in its data module: name, shape, version of the shape, and the only ways it can be
 * listed. `upgrade` turns a document of an older `schemaVersion` into the present shape when it is read.
 */
export interface Collection<D extends Doc = Doc> {
  readonly name: string;
  readonly schema: z.ZodType<D>;
  readonly version: number;
  readonly indexes: Readonly<Record<string, IndexSpec>>;
  readonly upgrade: ((doc: Record<string, unknown>, fromVersion: number) => unknown) | null;
}

/** What an index may be compared with: scalars only, so an operator object cannot reach a query. */
export type Scalar = string | number | boolean | null;

/** One page of a collection by one of its indexes; ties are broken by id. */
export interface Query {
  readonly index: string;
  /** Equality, or membership in 1 … 50 values, on the index's leading fields. */
  readonly where: Readonly<Record<string, Scalar | readonly Scalar[]>>;
  /** A range on the field after them: `from` inclusive, `below` exclusive. */
  readonly range?: { readonly field: string; readonly from?: Scalar; readonly below?: Scalar };
  readonly order: 'ascending' | 'descending';
  /** 1 … 1000. */
  readonly limit: number;
  /** The `nextCursor` of the page before, or null for the first. A cursor that is not ours is `request.invalid`. */
  readonly cursor: string | null;
}

/** A page. `nextCursor` is null when nothing follows. */
export interface Page<D> {
  readonly items: readonly D[];
  readonly nextCursor: string | null;
}

/**
 * Reads outside a transaction: committed documents only. A document of a newer version of its collection is read when
 * it fits the present shape; otherwise every way of reading it throws database.newer_version.
 */
export interface Reader {
  find<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null>;
  /** In the order of `ids`, each once, leaving out what is not there. At most 100 ids. */
  findMany<D extends Doc>(collection: Collection<D>, ids: readonly string[]): Promise<D[]>;
  /** @throws a plain Error when the query fits no declared index: that is a bug, not bad input. */
  list<D extends Doc>(collection: Collection<D>, query: Query): Promise<Page<D>>;
}

/** A transaction's view: its own writes over committed documents. At most 64 documents. */
export interface Tx {
  /** A document this decision relies on: if another transaction changes or creates it first, `work` runs again. */
  find<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null>;
  /** A document that may change meanwhile without harm (catalogue, templates): no conflict. */
  peek<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null>;
  /** Creates. @throws DuplicateId when the id is taken (also by a transaction that commits first: then `work` runs again). */
  insert<D extends Doc>(collection: Collection<D>, doc: D): Promise<void>;
  /**
   * Replaces the document of that id, and conflicts with every other writer of it. Fields that the collection's schema
   * does not name, because a newer build has written them, stay as they are: `adapters/engine/unknownFields.ts` has
   * the rule.
   * @throws database.newer_version when the document is of a newer version of the collection: its new meaning is not known
   * @throws a plain Error when there is none
   */
  update<D extends Doc>(collection: Collection<D>, doc: D): Promise<void>;
  /** Removes; conflicts like `update`. @throws database.newer_version like `update`; a plain Error when there is none. */
  remove<D extends Doc>(collection: Collection<D>, id: string): Promise<void>;
}

/** An id that was to be new is taken. Not catalogued: the caller knows what it means. */
export class DuplicateId extends Error {
  override readonly name = 'DuplicateId';
  constructor(
    readonly collection: string,
    readonly id: string,
  ) {
    super(`${collection}/${id} exists`);
  }
}

/** Documents, read by id or by a declared index, and changed in transactions by id. */
export interface Database extends Reader {
  /**
   * Runs `work` in one transaction, serializable over the documents it touches by id: it commits durably when
   * `work` resolves and leaves nothing behind when it throws. On a conflict, or when the answer to the commit is
   * lost, `work` runs again, a bounded number of times with full jitter, so it must touch nothing but `tx` and must
   * come to the same end when its first run did commit (ids made from causes see to that). What it throws reaches the
   * caller only if everything it had found was still so; otherwise it runs again.
   * @throws database.conflict when it gave up; database.unavailable when the engine does not answer.
   */
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Every document of every collection, for audits and backups, in no promised order, as `{collection, id, version, doc}`. */
  exportAll(): AsyncIterable<{ collection: string; id: string; version: number; doc: unknown }>;
  close(): Promise<void>;
}

/** What became of one collection in a migration. */
export interface Migrated {
  readonly collection: string;
  /** How many documents had indexed values of another build, and have those of this one now. */
  readonly refilled: number;
  /** Whether the indexes have every document for good: no other build can have written since. */
  readonly isReady: boolean;
}

/** A database as the process that opened it has it: it can also bring the store to the layout that was declared. */
export interface Engine extends Database {
  /**
   * Puts every document into the declared indexes, a page at a time, beside whoever reads and writes. It may be stopped
   * and run again at any time. A build with other indexes or versions does not fill ours, so what it writes is in them
   * after the next migration only. Therefore it is run before a new build, and once more when the old one `isOldGone`.
   * @throws database.unavailable, database.conflict
   */
  migrate(asked: { readonly isOldGone: boolean }): Promise<readonly Migrated[]>;
}
