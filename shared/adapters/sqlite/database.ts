/**
 * The embedded engine: documents in one SQLite file, or in memory.
 *
 * It uses optimistic concurrency control. Work reads committed documents and buffers its writes. At commit, everything
 * it relied on must be unchanged. Transactions that wait for their commit at the same moment are checked and written
 * one after another in one SQLite transaction, so they share one sync to disk (group commit). The check also holds
 * between processes, because it runs inside SQLite's write lock.
 *
 * SQLite answers synchronously, so a loop of reads or transactions would block the event loop. Therefore every read
 * outside a transaction, and every transaction, first yields to the event loop when that is due.
 */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import Connection from 'libsql';
import { fail } from '../../errors.ts';
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
import { decodedEvenly, rowsEvenly } from '../engine/evenly.ts';
import { type Counting, Metered, unread } from '../engine/metered.ts';
import { cursorAfter, planList } from '../engine/query.ts';
import { insertionOf, missingAmong, rawOf } from '../engine/raw.ts';
import { type Rerun, type RunEnd, runUntilDone } from '../engine/rerun.ts';
import { decoded, type Row } from '../engine/row.ts';
import { Tables } from '../engine/tables.ts';
import { attempt, type Reading, Transaction } from '../engine/transaction.ts';
import { systemLoop } from '../process/loop.ts';
import { Changes, type Seen, type Touched } from './changes.ts';
import { migrateSqlite, openSqlite, undeclaredIn } from './layout.ts';
import { Table } from './table.ts';

const FIND_MANY_MAX = 100;
const EXPORT_PAGE = 500;

/** The file, its collections, and the random numbers and timers from outside. */
export interface SqliteOptions {
  /** A file, created when missing, or `:memory:`. */
  readonly path: string;
  readonly collections: readonly Collection[];
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
  /**
   * Schedules the flush of waiting commits; `setImmediate` when left out, so that everything ready to run runs
   * first.
   */
  readonly schedule?: (flush: () => void) => void;
  /** Waits between runs after a conflict; a real timer when left out. */
  readonly pause?: (ms: number) => Promise<void>;
  /** The event loop that long work yields to; the process's own when left out. */
  readonly loop?: Loop;
}

/** Opens the database, and brings the file to the declared layout. @throws database.unavailable */
export function sqliteDatabase(options: SqliteOptions): Engine {
  return new SqliteDatabase(options);
}

interface Waiting {
  readonly touched: readonly Touched[];
  readonly resolve: (isCommitted: boolean) => void;
  readonly reject: (error: unknown) => void;
}

class SqliteDatabase implements Engine, Counting {
  readonly #path: string;
  readonly #connection: Connection.Database;
  readonly #begin: Connection.Statement<unknown[]>;
  readonly #commit: Connection.Statement<unknown[]>;
  readonly #changes: Changes;
  readonly #tables: Tables<Table>;
  readonly #schedule: (flush: () => void) => void;
  readonly #rerun: Rerun;
  readonly #loop: Loop;
  /** What nobody's call costs. */
  readonly #unread = unread();
  #waiting: Waiting[] = [];
  #isClosed = false;

  constructor(options: SqliteOptions) {
    const { path, collections, random, schedule = setImmediate, pause = sleep, loop = systemLoop } = options;
    this.#path = path;
    this.#schedule = schedule;
    this.#rerun = { random, pause };
    this.#loop = loop;
    try {
      this.#connection = openSqlite(path, collections);
      this.#begin = this.#connection.prepare('BEGIN IMMEDIATE');
      this.#commit = this.#connection.prepare('COMMIT');
      this.#changes = new Changes(this.#connection);
    } catch (error) {
      throw fail('database.unavailable', { detail: `cannot open ${path}`, cause: error });
    }
    this.#tables = new Tables(collections, (collection) => new Table(this.#connection, collection));
  }

  metered(meter: Meter): Database {
    return new Metered(this, meter);
  }

  async find<D extends Doc>(collection: Collection<D>, id: string, meter = this.#unread): Promise<D | null> {
    await this.#loop.giveWay();
    const row = this.#ask(this.#tables.of(collection), (table) => table.read(id), meter);
    return row === null ? null : decoded(collection, row);
  }

  async findMany<D extends Doc>(
    collection: Collection<D>,
    ids: readonly string[],
    meter = this.#unread,
  ): Promise<D[]> {
    if (ids.length > FIND_MANY_MAX) throw new Error(`at most ${FIND_MANY_MAX} ids at once`);
    await this.#loop.giveWay();
    const rows = this.#ask(this.#tables.of(collection), (table) => table.readMany(ids), meter);
    const docs = new Map(rows.map((row) => decoded(collection, row)).map((doc) => [doc.id, doc]));
    return [...new Set(ids)].flatMap((id) => docs.get(id) ?? []);
  }

  async list<D extends Doc>(collection: Collection<D>, query: Query, meter = this.#unread): Promise<Page<D>> {
    const plan = planList(collection, query);
    await this.#loop.giveWay();
    const rows = this.#ask(this.#tables.of(collection), (table) => table.list(plan), meter);
    const items = await decodedEvenly(collection, rows.slice(0, plan.limit), this.#loop);
    const last = items.at(-1);
    const isMore = rows.length > plan.limit && last !== undefined;
    return { items, nextCursor: isMore ? cursorAfter(collection, plan, last) : null };
  }

  tx<T>(work: (tx: Tx) => Promise<T>, meter = this.#unread): Promise<T> {
    const read = (table: Table, id: string) => ({
      row: this.#ask(table, () => table.read(id), meter),
      at: this.#changes.commits,
    });
    const tableOf = (collection: Collection) => this.#tables.of(collection);
    const reading = { tableOf, read, readBeforeInsert: read };
    return runUntilDone(() => this.#run(work, reading, meter), this.#rerun, meter);
  }

  /**
   * One run. Work that throws is checked like work that resolves: what it read may have changed between two reads,
   * and then its error is as invalid as its writes.
   */
  async #run<T>(
    work: (tx: Tx) => Promise<T>,
    reading: Reading<Table, Seen>,
    meter: Meter,
  ): Promise<RunEnd<T>> {
    await this.#loop.giveWay();
    const transaction = new Transaction(reading);
    const outcome = await attempt(work, transaction);
    const touched = transaction.end({ isWriting: 'value' in outcome });
    if (touched.length > 0) meter.roundTrips += 1;
    if (!(await this.#settle(touched))) return 'conflict';
    if ('error' in outcome) throw outcome.error;
    return outcome;
  }

  async *exportAll(): AsyncGenerator<{ collection: string; id: string; version: number; doc: unknown }> {
    for (const table of this.#tables.all) {
      const { collection } = table;
      for await (const [doc, { version }] of this.#rows(table, (row) => decoded(collection, row))) {
        yield { collection: collection.name, id: doc.id, version, doc };
      }
    }
  }

  async *exportRaw(collection: Collection): AsyncGenerator<RawDocument> {
    for await (const [raw] of this.#rows(this.#tables.of(collection), rawOf)) yield raw;
  }

  /** A read transaction on a connection of its own. A database in memory has one connection only, and so none. */
  async snapshot(): Promise<Snapshot | null> {
    if (this.#isClosed) throw fail('database.unavailable', { detail: 'closed' });
    if (this.#path === ':memory:') return null;
    const connection = new Connection(this.#path);
    connection.pragma('query_only = ON');
    connection.exec('BEGIN');
    // The transaction sees the moment of its first read.
    connection.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get([]);
    const rows = (collection: Collection) => this.#rows(new Table(connection, collection), rawOf);
    return {
      exportRaw: async function* (collection) {
        for await (const [raw] of rows(collection)) yield raw;
      },
      close: async () => {
        connection.close();
      },
    };
  }

  #rows<D extends Doc>(table: Table, read: (row: Row) => D) {
    const pageAfter = (id: string, length: number) => this.#ask(table, () => table.page(id, length));
    return rowsEvenly({ pageAfter, length: EXPORT_PAGE, read, loop: this.#loop });
  }

  importRaw(collection: Collection, docs: readonly RawDocument[]): Promise<void> {
    const table = this.#tables.of(collection);
    return runUntilDone(async () => {
      await this.#loop.giveWay();
      const seen = { row: null, at: this.#changes.commits };
      const rows = this.#ask(table, () => table.readMany(docs.map(({ id }) => id)));
      const missing = missingAmong(collection, docs, rows);
      const isDone = await this.#settle(missing.map((raw) => insertionOf(table, raw, seen)));
      return isDone ? { value: undefined } : 'conflict';
    }, this.#rerun);
  }

  async undeclared(): Promise<readonly string[]> {
    if (this.#isClosed) throw fail('database.unavailable', { detail: 'closed' });
    return undeclaredIn(this.#connection, this.#tables.names);
  }

  async migrate(asked: { readonly isOldGone: boolean }): Promise<readonly Migrated[]> {
    // When another process is committing and holds the lock, the step is run again.
    const run = <T>(work: () => T) =>
      runUntilDone<T>(async () => {
        await turn();
        if (this.#isClosed) throw fail('database.unavailable', { detail: 'closed' });
        try {
          return { value: work() };
        } catch (error) {
          if (isBusy(error)) return 'conflict';
          throw engineCode(error) === null ? error : fail('database.unavailable', { cause: error });
        }
      }, this.#rerun);
    const migrated: Migrated[] = [];
    for (const { collection } of this.#tables.all) {
      migrated.push(await migrateSqlite(this.#connection, collection, { ...asked, run }));
    }
    return migrated;
  }

  /** Commits what is waiting, then leaves everything in the one file. Safe to repeat. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#flush();
    this.#isClosed = true;
    try {
      // The driver's own close leaves the write-ahead log beside the file, and a copy of the file would miss its
      // content.
      this.#connection.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      this.#connection.close();
    }
  }

  /** Reads, and turns every error of the engine into `database.unavailable`. */
  #ask<T>(table: Table, read: (table: Table) => T, meter = this.#unread): T {
    meter.roundTrips += 1;
    if (this.#isClosed) throw fail('database.unavailable', { detail: 'closed' });
    try {
      return read(table);
    } catch (error) {
      throw engineCode(error) === null ? error : fail('database.unavailable', { cause: error });
    }
  }

  /** Waits for the next flush. Resolves to whether everything was unchanged, and is now written. */
  #settle(touched: readonly Touched[]): Promise<boolean> {
    if (touched.length === 0) return Promise.resolve(true);
    if (this.#isClosed) return Promise.reject(fail('database.unavailable', { detail: 'closed' }));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ touched, resolve, reject });
      if (this.#waiting.length === 1) this.#schedule(() => this.#flush());
    });
  }

  #flush(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    let verdicts: readonly boolean[];
    try {
      verdicts = this.#verdictsAtOnce(batch) ?? this.#commitAll(batch);
    } catch (error) {
      // Another process holds the lock. Nothing was written, so each may run again as after a conflict.
      for (const { resolve, reject } of batch) {
        if (isBusy(error)) resolve(false);
        else reject(fail('database.unavailable', { cause: error }));
      }
      return;
    }
    for (const [i, { resolve }] of batch.entries()) resolve(verdicts[i] === true);
  }

  /**
   * The verdicts on transactions that only read, such as a quote's; null when one of them writes, or when another
   * process may have written meanwhile. They need no write lock, because what this process has written is remembered.
   */
  #verdictsAtOnce(batch: readonly Waiting[]): readonly boolean[] | null {
    const all = batch.flatMap(({ touched }) => touched);
    if (all.some(({ write }) => write !== undefined)) return null;
    this.#changes.lookAtOthers();
    if (!all.every(({ seen }) => this.#changes.isSure(seen.at))) return null;
    return batch.map(({ touched }) => touched.every((each) => this.#changes.isStillSo(each)));
  }

  #commitAll(batch: readonly Waiting[]): readonly boolean[] {
    this.#begin.run([]);
    try {
      this.#changes.lookAtOthers();
      const verdicts = batch.map(({ touched }) => {
        const isStillSo = touched.every((each) => this.#changes.isStillSo(each));
        if (isStillSo) for (const each of touched) this.#store(each);
        return isStillSo;
      });
      this.#commit.run([]);
      return verdicts;
    } catch (error) {
      if (this.#connection.inTransaction) this.#connection.exec('ROLLBACK');
      throw error;
    } finally {
      this.#changes.end();
    }
  }

  #store(touched: Touched): void {
    const { table, id, seen, write } = touched;
    if (write === undefined) return;
    this.#changes.note(touched);
    if (write === null) {
      if (seen.row !== null) table.remove(id, seen.row.version);
    } else if (seen.row === null) table.insert(write);
    // Somebody of another layout may have filled the columns anew, and left the document as it was.
    else table.update(this.#changes.isSure(seen.at) ? write : { ...write, changed: null });
  }
}

/** SQLite's error code; null when the error is not SQLite's. */
function engineCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return error.code.startsWith('SQLITE') ? error.code : null;
}

/** Whether another process holds SQLite's write lock. */
function isBusy(error: unknown): boolean {
  return engineCode(error)?.startsWith('SQLITE_BUSY') === true;
}
