/**
 * The documents of a simulated CloudBase environment, with the transactions of MongoDB: each reads a snapshot, taken at
 * its first read or write, and whoever wants to write a document second fails at once.
 *
 * An operation outside a transaction is a transaction of its own. MongoDB lets it wait for a transaction that is
 * writing the same document. Here it fails with a conflict.
 */
import { Context } from 'mingo/core';
import * as queryOperators from 'mingo/operators/query';
import { Query } from 'mingo/query';
import { update } from 'mingo/updater';
import { compare } from 'mingo/util';
import type { Clock } from '../../../shared/ports/clock.ts';
import { comparable, type Document } from './cloudbaseValues.ts';

/** How long a transaction may take. */
export const TRANSACTION_MS = 30_000;

/** What the database answers in place of a result. */
export class DatabaseRefused extends Error {
  override readonly name = 'DatabaseRefused';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** What is stored under an id, from one commit to the next. Null: nothing. */
interface Version {
  readonly at: number;
  readonly doc: Document | null;
}

/** An id of a collection. */
interface Slot {
  readonly collection: string;
  readonly id: string;
  versions: readonly Version[];
  /** The open transaction that has written it. */
  writer: OpenTransaction | null;
}

interface OpenTransaction {
  readonly id: string;
  readonly startedAtMs: number;
  /** The number of the last commit that it sees; null before its first read or write. */
  snapshot: number | null;
  readonly writes: Map<Slot, Document | null>;
}

/** An index of a collection. It is only kept, because a simulator looks through all documents. */
export interface StoredIndex {
  readonly name: string;
  readonly keys: readonly { readonly Name: string; readonly Direction: string }[];
  readonly isUnique: boolean;
}

interface Stored {
  readonly slots: Map<string, Slot>;
  readonly indexes: Map<string, StoredIndex>;
}

/** Which documents, in which order. */
export interface Selection {
  readonly query: Document;
  readonly order?: Readonly<Record<string, 1 | -1>>;
  readonly offset?: number;
  readonly limit?: number;
}

/** A change of documents: operators such as `$set`, or a whole document in the place of the old one. */
export interface Change {
  readonly data: Document;
  readonly isMerge: boolean;
  readonly isUpsert: boolean;
  readonly isMulti: boolean;
}

const CONTEXT = Context.init({ query: queryOperators });

const CONFLICT =
  '[ResourceUnavailable.TransactionConflict] Transaction is conflict, maybe resource operated by others.';

function conflict(): DatabaseRefused {
  return new DatabaseRefused('DATABASE_TRANSACTION_CONFLICT', CONFLICT);
}

/** Documents, transactions and indexes. */
export class CloudbaseStore {
  readonly #clock: Clock;
  readonly #stored = new Map<string, Stored>();
  readonly #open = new Map<string, OpenTransaction>();
  /** What mingo compares, by document. */
  readonly #comparables = new WeakMap<Document, Document>();
  #commits = 0;
  #begun = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins a transaction, and answers its id. */
  begin(): string {
    const transaction = this.#begin();
    this.#open.set(transaction.id, transaction);
    return transaction.id;
  }

  /** @throws DatabaseRefused when there is no such transaction any more */
  commit(id: string): void {
    const transaction = this.#transaction(id);
    this.#apply(transaction);
    this.#end(transaction);
  }

  /** @throws DatabaseRefused when there is no such transaction any more */
  abort(id: string): void {
    this.#end(this.#transaction(id));
  }

  /** @throws DatabaseRefused when the collection exists */
  addCollection(name: string): void {
    if (this.#stored.has(name)) {
      throw new DatabaseRefused('DATABASE_COLLECTION_ALREADY_EXIST', `Db or Table already exist: ${name}.`);
    }
    this.#stored.set(name, { slots: new Map(), indexes: new Map() });
  }

  /** The indexes of a collection by their names. @throws DatabaseRefused when there is no such collection */
  indexesOf(collection: string): Map<string, StoredIndex> {
    return this.#collection(collection).indexes;
  }

  find(within: string | null, collection: string, selection: Selection): readonly Document[] {
    return this.#run(within, (transaction) =>
      this.#select(transaction, collection, selection).map(([, doc]) => doc),
    );
  }

  insert(within: string | null, collection: string, docs: readonly Document[]): readonly string[] {
    const { slots } = this.#collection(collection);
    return this.#run(within, (transaction) =>
      docs.map((doc) => {
        const id = String(doc._id);
        const slot = slots.get(id) ?? { collection, id, versions: [], writer: null };
        slots.set(id, slot);
        if (this.#see(transaction, slot) !== null) {
          const what = `E11000 duplicate key error collection: ${collection} index: _id_`;
          throw new DatabaseRefused('DATABASE_DUPLICATE_WRITE', `[FailedOperation.DuplicateWrite] ${what}`);
        }
        this.#write(transaction, slot, doc);
        return id;
      }),
    );
  }

  /** Changes the matching documents, all or the first. Answers them as they are now. */
  modify(
    within: string | null,
    collection: string,
    selection: Selection,
    { data, isMerge, isMulti, isUpsert }: Change,
  ): { readonly docs: readonly Document[]; readonly updated: number; readonly upsertedId: string | null } {
    return this.#run(within, (transaction) => {
      const limit = isMulti ? {} : { limit: 1 };
      const found = this.#select(transaction, collection, { ...selection, ...limit });
      const { _id: id } = selection.query;
      if (found.length === 0 && isUpsert && typeof id === 'string') {
        const [upsertedId = null] = this.insert(transaction.id, collection, [{ _id: id, ...data }]);
        return { docs: [], updated: 0, upsertedId };
      }
      let updated = 0;
      const docs = found.map(([slot, doc]) => {
        const after: Record<string, unknown> = isMerge ? structuredClone(doc) : { _id: doc._id, ...data };
        // A change that changes nothing is no write, and so never in conflict.
        const isChanged = isMerge ? update(after, structuredClone(data)).length > 0 : true;
        if (!isChanged) return doc;
        this.#write(transaction, slot, after);
        updated += 1;
        return after;
      });
      return { docs, updated, upsertedId: null };
    });
  }

  remove(within: string | null, collection: string, selection: Selection, isMulti: boolean): number {
    return this.#run(within, (transaction) => {
      const found = this.#select(transaction, collection, isMulti ? selection : { ...selection, limit: 1 });
      for (const [slot] of found) this.#write(transaction, slot, null);
      return found.length;
    });
  }

  #begin(): OpenTransaction {
    this.#begun += 1;
    return {
      id: `transaction-${this.#begun}`,
      startedAtMs: this.#clock.now(),
      snapshot: null,
      writes: new Map(),
    };
  }

  /** The transaction, after those that have taken too long were ended. */
  #transaction(id: string): OpenTransaction {
    this.#endOld();
    const transaction = this.#open.get(id);
    if (transaction === undefined) {
      const message = '[ResourceUnavailable.TransactionNotExist] Transaction does not exist on the server.';
      throw new DatabaseRefused('DATABASE_TRANSACTION_FAIL', message);
    }
    return transaction;
  }

  #endOld(): void {
    const now = this.#clock.now();
    for (const transaction of this.#open.values()) {
      if (now - transaction.startedAtMs > TRANSACTION_MS) this.#end(transaction);
    }
  }

  #end(transaction: OpenTransaction): void {
    for (const slot of transaction.writes.keys()) {
      slot.writer = null;
      if (slot.versions.length === 0) this.#stored.get(slot.collection)?.slots.delete(slot.id);
    }
    this.#open.delete(transaction.id);
  }

  /** Makes the writes visible to who begins from now on. */
  #apply(transaction: OpenTransaction): void {
    this.#commits += 1;
    const isSeenBefore = [...this.#open.values()].some(
      (other) => other !== transaction && other.snapshot !== null,
    );
    for (const [slot, doc] of transaction.writes) {
      const version = { at: this.#commits, doc };
      slot.versions = isSeenBefore ? [...slot.versions, version] : doc === null ? [] : [version];
    }
  }

  /** Runs an operation within a transaction, which an error ends, or as one of its own. */
  #run<T>(within: string | null, operation: (transaction: OpenTransaction) => T): T {
    if (within === null) {
      this.#endOld();
      const own = this.#begin();
      this.#open.set(own.id, own);
      own.snapshot = this.#commits;
      try {
        const result = operation(own);
        this.#apply(own);
        return result;
      } finally {
        this.#end(own);
      }
    }
    const transaction = this.#transaction(within);
    transaction.snapshot ??= this.#commits;
    try {
      return operation(transaction);
    } catch (error) {
      if (error instanceof DatabaseRefused) this.#end(transaction);
      throw error;
    }
  }

  #collection(name: string): Stored {
    const stored = this.#stored.get(name);
    if (stored === undefined) {
      throw new DatabaseRefused('DATABASE_COLLECTION_NOT_EXIST', `Db or Table not exist: ${name}.`);
    }
    return stored;
  }

  /** The document as the transaction sees it. */
  #see(transaction: OpenTransaction, slot: Slot): Document | null {
    const own = transaction.writes.get(slot);
    if (own !== undefined) return own;
    const snapshot = transaction.snapshot ?? this.#commits;
    return slot.versions.findLast(({ at }) => at <= snapshot)?.doc ?? null;
  }

  #write(transaction: OpenTransaction, slot: Slot, doc: Document | null): void {
    const last = slot.versions.at(-1);
    const isTaken = slot.writer !== null && slot.writer !== transaction;
    if (isTaken || (last !== undefined && last.at > (transaction.snapshot ?? this.#commits)))
      throw conflict();
    slot.writer = transaction;
    transaction.writes.set(slot, doc);
  }

  #select(
    transaction: OpenTransaction,
    collection: string,
    { query, order, offset = 0, limit }: Selection,
  ): readonly (readonly [Slot, Document])[] {
    const { slots } = this.#collection(collection);
    const some = idsIn(query);
    const near = some === null ? [...slots.values()] : some.flatMap((id) => slots.get(id) ?? []);
    const filter = new Query(comparable(query) as Document, { context: CONTEXT });
    const equalities = equalitiesIn(query);
    const found = near.flatMap((slot) => {
      const doc = this.#see(transaction, slot);
      if (doc === null || !equalities.every(([field, texts]) => mayEqual(doc[field], texts))) return [];
      const words = this.#comparable(doc);
      return filter.test(words) ? [{ slot, doc, words }] : [];
    });
    if (order !== undefined) {
      const fields = Object.entries(order);
      found.sort((a, b) =>
        fields.reduce((sign, [field, way]) => sign || way * inOrder(a.words[field], b.words[field]), 0),
      );
    }
    const page = found.slice(offset, limit === undefined ? undefined : offset + limit);
    return page.map(({ slot, doc }) => [slot, doc]);
  }

  #comparable(doc: Document): Document {
    const known = this.#comparables.get(doc);
    if (known !== undefined) return known;
    const made = comparable(doc) as Document;
    this.#comparables.set(doc, made);
    return made;
  }
}

/** The ids that a query names; null when it looks at all. */
function idsIn({ _id: id }: Document): readonly string[] | null {
  if (typeof id === 'string') return [id];
  if (typeof id !== 'object' || id === null) return null;
  const { $eq, $in } = id as { readonly $eq?: unknown; readonly $in?: unknown };
  if (typeof $eq === 'string') return [$eq];
  return Array.isArray($in) ? [...new Set($in.map(String))] : null;
}

/** Texts of which a field has one in every document that is found. They spare the slow way for the others. */
function equalitiesIn(query: Document): readonly (readonly [string, ReadonlySet<unknown>])[] {
  const { $and } = query;
  const terms = Array.isArray($and) ? [query, ...$and] : [query];
  return terms.flatMap((term: Document) =>
    Object.entries(term).flatMap(([field, value]) => {
      const { $eq, $in } = Object(value) as { readonly $eq?: unknown; readonly $in?: unknown };
      const texts = Array.isArray($in) ? $in : [$eq];
      return field.startsWith('$') || !texts.every((text) => typeof text === 'string')
        ? []
        : [[field, new Set(texts)] as const];
    }),
  );
}

/** A list equals a text, too, when the text is in it. */
function mayEqual(value: unknown, texts: ReadonlySet<unknown>): boolean {
  return typeof value === 'object' || texts.has(value);
}

function inOrder(a: unknown, b: unknown): number {
  if (typeof a !== 'string' || typeof b !== 'string') return compare(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}
