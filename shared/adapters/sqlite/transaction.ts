/** One run of a transaction's work. It remembers what it read, and buffers its writes until the commit. */
import { AppError } from '../../errors.ts';
import { type Collection, type Doc, DuplicateId, type Tx } from '../../ports/database.ts';
import { assertKnown, decoded, encoded, type Row, type Table, type Write } from './table.ts';

const DOCUMENTS_MAX = 64;

/** A document that the work touched: what it first read, and what is to be written. */
export interface Touched {
  /** Names the document among those of all collections. */
  readonly key: string;
  readonly table: Table;
  readonly id: string;
  /** Null when there was no document. */
  readonly seen: Row | null;
  /** How many commits this process had tried when it was read. */
  readonly seenAt: number;
  /** Whether it must be unchanged at commit. False when it was only peeked at. */
  isRelied: boolean;
  /** Undefined for no write, null for removal. */
  write: Write | null | undefined;
}

/**
 * The `Tx` that a transaction's work gets. Reads are repeatable: the first read of a document counts, peeks
 * included.
 */
export class Transaction implements Tx {
  readonly #tableOf: (collection: Collection) => Table;
  readonly #read: (table: Table, id: string) => Pick<Touched, 'seen' | 'seenAt'>;
  readonly #touched = new Map<string, Touched>();
  #isOver = false;
  #bug: Error | null = null;

  constructor(
    tableOf: (collection: Collection) => Table,
    read: (table: Table, id: string) => Pick<Touched, 'seen' | 'seenAt'>,
  ) {
    this.#tableOf = tableOf;
    this.#read = read;
  }

  async find<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null> {
    return this.#present(collection, this.#rely(collection, id));
  }

  async peek<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null> {
    return this.#present(collection, this.#touch(collection, id));
  }

  async insert<D extends Doc>(collection: Collection<D>, doc: D): Promise<void> {
    const write = this.#encoded(collection, doc, null);
    const touched = this.#rely(collection, write.id);
    if (present(touched) !== null) throw new DuplicateId(collection.name, write.id);
    touched.write = write;
  }

  async update<D extends Doc>(collection: Collection<D>, doc: D): Promise<void> {
    const touched = this.#rely(collection, doc.id);
    const before = present(touched);
    if (before === null) throw this.#refuse(`${collection.name}/${doc.id} is not there to be updated`);
    assertKnown(collection, before);
    touched.write = this.#encoded(collection, doc, before);
  }

  async remove<D extends Doc>(collection: Collection<D>, id: string): Promise<void> {
    const touched = this.#rely(collection, id);
    const before = present(touched);
    if (before === null) throw this.#refuse(`${collection.name}/${id} is not there to be removed`);
    assertKnown(collection, before);
    touched.write = null;
  }

  /** @throws the first misuse, even if the work caught its error */
  assertSound(): void {
    if (this.#bug !== null) throw this.#bug;
  }

  /**
   * Ends the transaction, after which nothing can be read or written. Returns what the commit has to check and
   * write.
   */
  end({ isWriting }: { readonly isWriting: boolean }): readonly Touched[] {
    this.#isOver = true;
    const relied = [...this.#touched.values()].filter((touched) => touched.isRelied);
    return isWriting ? relied : relied.map((touched) => ({ ...touched, write: undefined }));
  }

  #encoded<D extends Doc>(collection: Collection<D>, doc: D, before: Row | Write | null): Write {
    const { fields, layout } = this.#tableOf(collection);
    try {
      return encoded({ collection, fields, layout }, doc, before);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw this.#refuse(error instanceof Error ? error.message : 'broken document', error);
    }
  }

  #rely(collection: Collection, id: string): Touched {
    const touched = this.#touch(collection, id);
    touched.isRelied = true;
    return touched;
  }

  #touch(collection: Collection, id: string): Touched {
    if (this.#isOver) throw new Error('the transaction has ended');
    const key = `${collection.name}/${id}`;
    const known = this.#touched.get(key);
    if (known !== undefined) return known;
    if (this.#touched.size === DOCUMENTS_MAX) {
      throw this.#refuse(`a transaction touches at most ${DOCUMENTS_MAX} documents`);
    }
    const table = this.#tableOf(collection);
    const touched = { key, table, id, ...this.#read(table, id), isRelied: false, write: undefined };
    this.#touched.set(key, touched);
    return touched;
  }

  #present<D extends Doc>(collection: Collection<D>, touched: Touched): D | null {
    const row = present(touched);
    return row === null ? null : decoded(collection, row);
  }

  #refuse(why: string, cause?: unknown): Error {
    const error = new Error(why, { cause });
    this.#bug ??= error;
    return error;
  }
}

/** The document as the work sees it now. */
function present({ seen, write }: Touched): Row | Write | null {
  return write === undefined ? seen : write;
}
