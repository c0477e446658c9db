/** One run of a transaction's work. It remembers what it read, and buffers its writes until the commit. */
import { AppError } from '../../errors.ts';
import {
  type Collection,
  DOCUMENTS_MAX,
  type Doc,
  DuplicateId,
  type Tx,
  WRITTEN_BYTES_MAX,
} from '../../ports/database.ts';
import { assertKnown, decoded, encoded, type Layout, type Row, type Write } from './row.ts';

/** What was read of a document. Engines add what they need at the commit. */
export interface Seen {
  /** Null when there was no document. */
  readonly row: Row | null;
}

/** A document that the work touched: what it first read, and what is to be written. */
export interface Touched<T extends Layout, S extends Seen> {
  /** Names the document among those of all collections. */
  readonly key: string;
  readonly table: T;
  readonly id: string;
  readonly seen: S;
  /** Whether it must be unchanged at commit. False when it was only peeked at. */
  isRelied: boolean;
  /** Undefined for no write, null for removal. */
  write: Write | null | undefined;
}

/** How a transaction reads. An embedded engine answers at once. */
export interface Reading<T extends Layout, S extends Seen> {
  tableOf(collection: Collection): T;
  read(table: T, id: string): S | Promise<S>;
  /** What is there before an insert. An engine may assume that nothing is, and find out at the commit. */
  readBeforeInsert(table: T, id: string): S | Promise<S>;
}

/** The result of a work, or what it threw. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/**
 * The `Tx` that a transaction's work gets. Reads are repeatable: the first read of a document counts, peeks
 * included.
 */
export class Transaction<T extends Layout, S extends Seen> implements Tx {
  readonly #reading: Reading<T, S>;
  readonly #touched = new Map<string, Touched<T, S>>();
  /** The documents whose first read is under way. */
  readonly #awaited = new Map<string, Promise<Touched<T, S>>>();
  #isOver = false;
  #bug: Error | null = null;

  constructor(reading: Reading<T, S>) {
    this.#reading = reading;
  }

  async find<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null> {
    const found = this.#touch(collection, id);
    const touched = found instanceof Promise ? await found : found;
    touched.isRelied = true;
    return present(collection, touched);
  }

  async peek<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null> {
    const found = this.#touch(collection, id);
    return present(collection, found instanceof Promise ? await found : found);
  }

  async insert<D extends Doc>(collection: Collection<D>, doc: D): Promise<void> {
    const write = this.#encoded(collection, doc, null);
    const found = this.#touch(collection, write.id, { isNew: true });
    const touched = found instanceof Promise ? await found : found;
    touched.isRelied = true;
    if (rowOf(touched) !== null) throw new DuplicateId(collection.name, write.id);
    touched.write = write;
  }

  async update<D extends Doc>(collection: Collection<D>, doc: D): Promise<void> {
    const touched = await this.#overwritable(collection, doc.id, 'updated');
    touched.write = this.#encoded(collection, doc, rowOf(touched));
  }

  async remove<D extends Doc>(collection: Collection<D>, id: string): Promise<void> {
    const touched = await this.#overwritable(collection, id, 'removed');
    touched.write = null;
  }

  /** @throws the first misuse, even if the work caught its error */
  assertSound(): void {
    if (this.#awaited.size > 0) this.#refuse('a work must await what it asks for');
    let bytes = 0;
    for (const { write } of this.#touched.values()) bytes += write?.bytes ?? 0;
    if (bytes > WRITTEN_BYTES_MAX) {
      this.#refuse(`a transaction writes ${bytes} bytes, and ${WRITTEN_BYTES_MAX} are the most`);
    }
    if (this.#bug !== null) throw this.#bug;
  }

  /**
   * Ends the transaction, after which nothing can be read or written. Returns what the commit has to check and
   * write.
   */
  end({ isWriting }: { readonly isWriting: boolean }): readonly Touched<T, S>[] {
    this.#isOver = true;
    const relied = [...this.#touched.values()].filter((touched) => touched.isRelied);
    return isWriting ? relied : relied.map((touched) => ({ ...touched, write: undefined }));
  }

  #encoded<D extends Doc>(collection: Collection<D>, doc: D, before: Row | Write | null): Write {
    const { fields, layout } = this.#reading.tableOf(collection);
    try {
      return encoded({ collection, fields, layout }, doc, before);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw this.#refuse(error instanceof Error ? error.message : 'broken document', error);
    }
  }

  async #overwritable(collection: Collection, id: string, what: string): Promise<Touched<T, S>> {
    const found = this.#touch(collection, id);
    const touched = found instanceof Promise ? await found : found;
    touched.isRelied = true;
    const before = rowOf(touched);
    if (before === null) throw this.#refuse(`${collection.name}/${id} is not there to be ${what}`);
    assertKnown(collection, before);
    return touched;
  }

  #touch(collection: Collection, id: string, { isNew = false } = {}): Touched<T, S> | Promise<Touched<T, S>> {
    if (this.#isOver) throw new Error('the transaction has ended');
    const key = `${collection.name}/${id}`;
    const known = this.#touched.get(key) ?? this.#awaited.get(key);
    if (known !== undefined) return known;
    if (this.#touched.size + this.#awaited.size >= DOCUMENTS_MAX) {
      throw this.#refuse(`a transaction touches at most ${DOCUMENTS_MAX} documents`);
    }
    const table = this.#reading.tableOf(collection);
    const seen = isNew ? this.#reading.readBeforeInsert(table, id) : this.#reading.read(table, id);
    if (!(seen instanceof Promise)) return this.#note({ key, table, id, seen });
    const awaited = seen
      .finally(() => this.#awaited.delete(key))
      .then((arrived) => this.#note({ key, table, id, seen: arrived }));
    this.#awaited.set(key, awaited);
    return awaited;
  }

  #note(found: Pick<Touched<T, S>, 'key' | 'table' | 'id' | 'seen'>): Touched<T, S> {
    const { key, table, id, seen } = found;
    const touched = { key, table, id, seen, isRelied: false, write: undefined };
    this.#touched.set(key, touched);
    return touched;
  }

  #refuse(why: string, cause?: unknown): Error {
    const error = new Error(why, { cause });
    this.#bug ??= error;
    return error;
  }
}

/** The document as the work sees it now. */
function rowOf<T extends Layout, S extends Seen>({ seen, write }: Touched<T, S>): Row | Write | null {
  return write === undefined ? seen.row : write;
}

function present<D extends Doc, T extends Layout, S extends Seen>(
  collection: Collection<D>,
  touched: Touched<T, S>,
): D | null {
  const row = rowOf(touched);
  return row === null ? null : decoded(collection, row);
}

/** Runs the work once. Misuse counts as thrown, even if the work caught its error. */
export async function attempt<R, T extends Layout, S extends Seen>(
  work: (tx: Tx) => Promise<R>,
  transaction: Transaction<T, S>,
): Promise<Outcome<R>> {
  try {
    const value = await work(transaction);
    transaction.assertSound();
    return { value };
  } catch (error) {
    return { error };
  }
}
