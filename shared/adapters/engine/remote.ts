/**
 * What the engines over a network have in common: optimistic concurrency control.
 *
 * Work reads committed documents outside any transaction, and buffers its writes. So nothing is held while work runs,
 * and a process that is frozen meanwhile holds nothing. At the end the engine checks that everything relied on is
 * unchanged, and writes.
 *
 * An insert of an id that the work has not looked at reads nothing at first: that the id is new is checked by the
 * commit. When it was taken, the work runs again, and its inserts then read.
 */
import type { AppError } from '../../errors.ts';
import type {
  Collection,
  Database,
  Doc,
  Engine,
  Meter,
  Migrated,
  Page,
  Query,
  RawDocument,
  Snapshot,
  Tx,
} from '../../ports/database.ts';
import type { Loop } from '../../ports/loop.ts';
import { systemPause } from '../process/clock.ts';
import { systemLoop } from '../process/loop.ts';
import { rowsEvenly } from './evenly.ts';
import { Latches } from './latches.ts';
import { type Counting, Metered, unread } from './metered.ts';
import { insertionOf, missingAmong, rawOf } from './raw.ts';
import { type Rerun, type RunEnd, runUntilDone } from './rerun.ts';
import { decoded, type Layout, mayExist, type Row } from './row.ts';
import { Tables } from './tables.ts';
import {
  attempt,
  type Seen as EngineSeen,
  type Touched as EngineTouched,
  Transaction,
} from './transaction.ts';

/** What was read of a document. `isAssumed`: nothing was read, and that there is no such document is only assumed. */
export interface Seen extends EngineSeen {
  readonly isAssumed: boolean;
}

/** A document that a transaction touched. */
export type Touched<T extends Layout> = EngineTouched<T, Seen>;

/** How the end of a run went: done, or why it runs again. */
export type End = 'done' | 'conflict' | 'taken' | AppError;

/** The collections, and chance and time from outside. */
export interface RemoteOptions {
  readonly collections: readonly Collection[];
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
  /** Waits between runs after a conflict; a real timer when left out. */
  readonly pause?: (ms: number) => Promise<void>;
  /** The event loop that long work yields to; the process's own when left out. */
  readonly loop?: Loop;
}

/** What a transaction remembers of its last run. */
interface LastRun {
  /** The documents at which the next run takes its turn. */
  wanted: readonly string[];
  /** Whether an id that was to be new was taken. The next run looks before it inserts. */
  isCareful: boolean;
}

const FIND_MANY_MAX = 100;
const ASSUMED: Seen = { row: null, isAssumed: true };

/** An engine over a network, without what its server is asked with. */
export abstract class RemoteEngine<T extends Layout> implements Engine, Counting {
  protected readonly tables: Tables<T>;
  protected readonly rerun: Rerun;
  protected readonly loop: Loop;
  /** What nobody's call costs. */
  protected readonly unread = unread();
  readonly #latches = new Latches();

  constructor(options: RemoteOptions, make: (collection: Collection) => T) {
    const { collections, random, pause = systemPause, loop = systemLoop } = options;
    this.rerun = { random, pause };
    this.loop = loop;
    this.tables = new Tables(collections, make);
  }

  /** The length of a page when all documents are read. */
  protected abstract readonly exportPage: number;
  /** The document of that id, or null. Those that are asked for at the same time go together. */
  protected abstract rowOf(table: T, id: string, meter: Meter): Promise<Row | null>;
  /** The documents of those ids that are there, in any order. */
  protected abstract rowsOf(table: T, ids: readonly string[], meter: Meter): Promise<readonly Row[]>;
  /** The next documents by id after `id`. */
  protected abstract rowsAfter(table: T, id: string, length: number): Promise<readonly Row[]>;
  /** Checks and writes. */
  protected abstract commit(touched: readonly Touched<T>[], meter: Meter): Promise<End>;
  /** Whether everything that a work without writes relied on was there at one moment. */
  protected abstract verify(touched: readonly Touched<T>[], meter: Meter): Promise<End>;
  /** Those documents of a run with writes in which others may be in its way. */
  protected abstract contended(touched: readonly Touched<T>[]): readonly Touched<T>[];

  abstract list<D extends Doc>(collection: Collection<D>, query: Query, meter?: Meter): Promise<Page<D>>;
  abstract snapshot(): Promise<Snapshot | null>;
  abstract undeclared(): Promise<readonly string[]>;
  abstract migrate(asked: { readonly isOldGone: boolean }): Promise<readonly Migrated[]>;
  abstract close(): Promise<void>;

  metered(meter: Meter): Database {
    return new Metered(this, meter);
  }

  async find<D extends Doc>(collection: Collection<D>, id: string, meter = this.unread): Promise<D | null> {
    const { row } = await this.#read(this.tables.of(collection), id, meter);
    return row === null ? null : decoded(collection, row);
  }

  async findMany<D extends Doc>(
    collection: Collection<D>,
    ids: readonly string[],
    meter = this.unread,
  ): Promise<D[]> {
    if (ids.length > FIND_MANY_MAX) throw new Error(`at most ${FIND_MANY_MAX} ids at once`);
    const table = this.tables.of(collection);
    const asked = [...new Set(ids)].filter((id) => mayExist(collection, id));
    if (asked.length === 0) return [];
    const rows = await this.rowsOf(table, asked, meter);
    const docs = new Map(rows.map((row) => decoded(collection, row)).map((doc) => [doc.id, doc]));
    return asked.flatMap((id) => docs.get(id) ?? []);
  }

  async tx<R>(work: (tx: Tx) => Promise<R>, meter = this.unread): Promise<R> {
    const last: LastRun = { wanted: [], isCareful: false };
    const run = async () => {
      const endTurns = await this.#latches.take(last.wanted);
      try {
        return await this.#run(work, last, meter);
      } finally {
        endTurns();
      }
    };
    return runUntilDone(run, this.rerun, meter);
  }

  /**
   * One run. Work that throws is checked like work that resolves: what it read may have changed between two reads,
   * and then its error is as invalid as its writes.
   */
  async #run<R>(work: (tx: Tx) => Promise<R>, last: LastRun, meter: Meter): Promise<RunEnd<R>> {
    const read = (table: T, id: string) => this.#read(table, id, meter);
    const transaction = new Transaction<T, Seen>({
      tableOf: (collection) => this.tables.of(collection),
      read,
      readBeforeInsert: last.isCareful ? read : () => ASSUMED,
    });
    const outcome = await attempt(work, transaction);
    const touched = transaction.end({ isWriting: 'value' in outcome });
    const isWriting = touched.some(({ write }) => write !== undefined);
    last.wanted = isWriting ? this.contended(touched).map(({ key }) => key) : [];
    const end = await (isWriting ? this.commit(touched, meter) : this.verify(touched, meter));
    if (end === 'taken') last.isCareful = true;
    if (end === 'taken' || end === 'conflict') return 'conflict';
    if (end !== 'done') return { failure: end };
    if ('error' in outcome) throw outcome.error;
    return outcome;
  }

  async *exportAll(): AsyncGenerator<{ collection: string; id: string; version: number; doc: unknown }> {
    for (const table of this.tables.all) {
      const { collection } = table;
      for await (const [doc, { version }] of this.#rows(table, (row) => decoded(collection, row))) {
        yield { collection: collection.name, id: doc.id, version, doc };
      }
    }
  }

  async *exportRaw(collection: Collection): AsyncGenerator<RawDocument> {
    for await (const [raw] of this.#rows(this.tables.of(collection), rawOf)) yield raw;
  }

  #rows<D extends Doc>(table: T, read: (row: Row) => D) {
    const pageAfter = (id: string, length: number) => this.rowsAfter(table, id, length);
    return rowsEvenly({ pageAfter, length: this.exportPage, read, loop: this.loop });
  }

  importRaw(collection: Collection, docs: readonly RawDocument[]): Promise<void> {
    const table = this.tables.of(collection);
    return runUntilDone(async () => {
      const ids = docs.map(({ id }) => id);
      const missing = missingAmong(collection, docs, await this.rowsOf(table, ids, this.unread));
      if (missing.length === 0) return { value: undefined };
      const insertions = missing.map((raw) => insertionOf(table, raw, ASSUMED));
      const end = await this.commit(insertions, this.unread);
      if (end === 'done') return { value: undefined };
      return end === 'taken' || end === 'conflict' ? 'conflict' : { failure: end };
    }, this.rerun);
  }

  async #read(table: T, id: string, meter: Meter): Promise<Seen> {
    if (!mayExist(table.collection, id)) return { row: null, isAssumed: false };
    return { row: await this.rowOf(table, id, meter), isAssumed: false };
  }
}
