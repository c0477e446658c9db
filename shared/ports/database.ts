import type * as z from 'zod';

/** The longest id, in bytes of UTF-8. */
export const ID_BYTES_MAX = 700;
/** The longest text in an indexed field, in bytes of UTF-8. */
export const INDEXED_TEXT_BYTES_MAX = 470;
/** The largest document, in bytes of its JSON. */
export const DOCUMENT_BYTES_MAX = 4_000_000;
/** The most documents that one transaction may touch. */
export const DOCUMENTS_MAX = 64;
/** The most that one transaction may write, in bytes of its documents' JSON. */
export const WRITTEN_BYTES_MAX = 8_000_000;

/** A stored document. Its id is unique in its collection. The rest is JSON, with `null` for missing values. */
export interface Doc {
  readonly id: string;
}

/**
 * The fields an index sorts by, in order. A query compares a prefix of them by equality or `in`, then at most one by
 * range. The id comes behind the fields.
 */
export interface IndexSpec {
  readonly fields: readonly string[];
}

/**
 * A collection, declared once in its data module: name, schema, version, and indexes, which are the only ways to
 * list it. `upgrade` turns a document of an older `schemaVersion` into the present shape when it is read.
 */
export interface Collection<D extends Doc = Doc> {
  readonly name: string;
  readonly schema: z.ZodType<D>;
  readonly version: number;
  readonly indexes: Readonly<Record<string, IndexSpec>>;
  readonly upgrade: ((doc: Record<string, unknown>, fromVersion: number) => unknown) | null;
}

/** A value that an index can be compared with. Only scalars, so no operator object can reach a query. */
export type Scalar = string | number | boolean | null;

/** A query for one page of a collection by one of its indexes. Ties are ordered by id. */
export interface Query {
  /** The name of a declared index, or `id`: every collection has that index, with all documents by id. */
  readonly index: string;
  /** Equality, or membership in 1 … 50 values, on the index's leading fields. */
  readonly where: Readonly<Record<string, Scalar | readonly Scalar[]>>;
  /** A range on the next field, which is the id behind the last one: `from` is inclusive, `below` exclusive. */
  readonly range?: { readonly field: string; readonly from?: Scalar; readonly below?: Scalar };
  readonly order: 'ascending' | 'descending';
  /** 1 … 1000. */
  readonly limit: number;
  /** The `nextCursor` of the page before; null for the first page. A cursor that is not ours is `request.invalid`. */
  readonly cursor: string | null;
}

/** A page. `nextCursor` is null when nothing follows. */
export interface Page<D> {
  readonly items: readonly D[];
  readonly nextCursor: string | null;
}

/**
 * Reads outside a transaction see committed documents only. A document with a newer version of its collection's
 * schema is read if it fits the present schema. Otherwise every read of it throws database.newer_version.
 */
export interface Reader {
  find<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null>;
  /** The existing documents among `ids` (at most 100), in that order, each once. */
  findMany<D extends Doc>(collection: Collection<D>, ids: readonly string[]): Promise<D[]>;
  /**
   * One page of a query.
   * @throws a plain Error when the query fits no declared index, which is a bug and not bad input
   */
  list<D extends Doc>(collection: Collection<D>, query: Query): Promise<Page<D>>;
}

/**
 * A transaction. It sees committed documents and its own writes. It may touch at most `DOCUMENTS_MAX` documents, and
 * awaits everything that it asks for. Every engine has the same limits of size, and refuses what is larger as a bug.
 */
export interface Tx {
  /**
   * Reads a document that the decision relies on. If another transaction changes or creates it first, `work` runs
   * again (optimistic concurrency control).
   */
  find<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null>;
  /** Reads a document that may change meanwhile without harm, such as a catalogue entry. It causes no conflict. */
  peek<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null>;
  /**
   * Creates a document.
   * @throws DuplicateId when the id is taken. When a concurrent transaction took it first, `work` runs again. An
   * engine may also learn it only at the commit, and then runs `work` again to tell it here.
   */
  insert<D extends Doc>(collection: Collection<D>, doc: D): Promise<void>;
  /**
   * Replaces the document with this id, and conflicts with every other writer of it. Fields that the schema does not
   * name, because a newer build wrote them, are kept (`adapters/engine/unknownFields.ts`).
   * @throws database.newer_version when the document has a newer version, because its meaning is unknown here
   * @throws a plain Error when there is none
   */
  update<D extends Doc>(collection: Collection<D>, doc: D): Promise<void>;
  /**
   * Deletes a document, and conflicts like `update`.
   * @throws database.newer_version like `update`; a plain Error when there is none
   */
  remove<D extends Doc>(collection: Collection<D>, id: string): Promise<void>;
}

/**
 * An id that was to be new is taken. It is not in the error catalogue, because only the caller knows what it means.
 */
export class DuplicateId extends Error {
  override readonly name = 'DuplicateId';
  constructor(
    readonly collection: string,
    readonly id: string,
  ) {
    super(`${collection}/${id} exists`);
  }
}

/** What the work of one call costs the store. */
export interface Meter {
  /** How often an answer of the store was waited for. An engine inside the process counts its reads and commits. */
  roundTrips: number;
  /** How often the work of a transaction ran again. */
  reruns: number;
}

/** A document store. Documents are read by id or by a declared index, and changed in transactions by id. */
export interface Database extends Reader {
  /**
   * Runs `work` in one transaction, which is serializable over the documents it touches by id. It commits durably
   * when `work` resolves, and leaves no trace when `work` throws.
   *
   * On a conflict, or when the answer to the commit is lost, `work` runs again, a bounded number of times with full
   * jitter. So `work` must touch nothing but `tx`, and must have the same result if its first run did commit; ids
   * derived from causes ensure that. An error of `work` reaches the caller only if everything `work` had found was
   * still current; otherwise `work` runs again.
   * @throws database.conflict when it gave up; database.unavailable when the engine does not answer
   */
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * The same store for one call: what it costs is counted on this meter, and on no other. Reads of several calls that
   * share a packet count for each of them.
   */
  metered(meter: Meter): Database;
  /** All documents of all collections, in no particular order, for audits and backups. */
  exportAll(): AsyncIterable<{ collection: string; id: string; version: number; doc: unknown }>;
  close(): Promise<void>;
}

/** The result of a migration for one collection. */
export interface Migrated {
  readonly collection: string;
  /** How many documents had index values of another build, and now have those of this one. */
  readonly refilled: number;
  /** Whether the indexes contain every document from now on: no other build can have written since. */
  readonly isReady: boolean;
}

/** A document as it is stored, by whichever build. Nothing of its content is read but the id. */
export interface RawDocument {
  readonly id: string;
  readonly schemaVersion: number;
  /** The JSON of the document. */
  readonly body: string;
}

/** A store as it was at one moment, while others go on writing. It holds a connection, so it is closed soon. */
export interface Snapshot {
  /** As in `Engine`. @throws database.unavailable, also when the connection was lost: nothing is asked again */
  exportRaw(collection: Collection): AsyncIterable<RawDocument>;
  close(): Promise<void>;
}

/**
 * A database with the means to bring the store to the declared layout, and to copy it. Only the process that opened it
 * has this.
 */
export interface Engine extends Database {
  /**
   * Fills the declared indexes for all documents, a page at a time, while others read and write. It may be stopped
   * and run again at any time. A build with other indexes or versions does not fill ours, so what it writes is
   * missing in them until the next migration. Therefore it is run before a new build starts, and again with
   * `isOldGone` once the old one has stopped.
   * @throws database.unavailable, database.conflict
   */
  migrate(asked: { readonly isOldGone: boolean }): Promise<readonly Migrated[]>;
  /** All documents of a collection, in the order of the bytes of their ids, which every engine has. */
  exportRaw(collection: Collection): AsyncIterable<RawDocument>;
  /**
   * Stores 1 … 100 documents in one transaction, as they are. Only their indexes are those of this build. Documents
   * that are already there are left alone.
   * @throws DuplicateId when an id is there with another document; database.unavailable, database.conflict
   */
  importRaw(collection: Collection, docs: readonly RawDocument[]): Promise<void>;
  /**
   * The store as it is now: with every transaction that was committed before, and with nothing of any other. Null where
   * the engine cannot show that.
   * @throws database.unavailable
   */
  snapshot(): Promise<Snapshot | null>;
  /** The names of collections that hold documents and that this build does not declare. */
  undeclared(): Promise<readonly string[]>;
}
