/**
 * The engine for the documents of a CloudBase environment.
 *
 * It uses optimistic concurrency control, as the one for MySQL does. Work reads committed documents outside any
 * transaction, and buffers its writes. So a process that is frozen meanwhile holds nothing, and the time that CloudBase
 * gives a transaction is for the commit alone (`commit.ts`).
 *
 * An insert of an id that the work has not looked at reads nothing at first: that the id is new is checked by the
 * commit. When it was taken, the work runs again, and its inserts then read.
 */
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
import { Latches } from '../engine/latches.ts';
import { type Counting, Metered, unread } from '../engine/metered.ts';
import { cursorAfter, planList } from '../engine/query.ts';
import { insertionOf, missingAmong, rawOf } from '../engine/raw.ts';
import { type Rerun, type RunEnd, runUntilDone } from '../engine/rerun.ts';
import { decoded, mayExist, type Row } from '../engine/row.ts';
import { attempt, type Reading, Transaction } from '../engine/transaction.ts';
import { systemPause } from '../process/clock.ts';
import { systemLoop } from '../process/loop.ts';
import { Asking } from './asking.ts';
import { Client, type ClientOptions } from './client.ts';
import { commit, verify } from './commit.ts';
import { type LaidOut, layOut, migrateCloudbase, undeclaredIn } from './layout.ts';
import { ANSWER_MAX, type Seen, Table, type Touched } from './table.ts';

const FIND_MANY_MAX = 100;
const EXPORT_PAGE = 100;
/** What a version counts in a millisecond. */
const VERSIONS_PER_MS = 1_000;

/** The environment, the collections, and chance and time from outside. */
export interface CloudbaseDatabaseOptions extends ClientOptions {
  readonly collections: readonly Collection[];
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
  /** Waits between runs after a conflict; a real timer when left out. */
  readonly pause?: (ms: number) => Promise<void>;
  /** The event loop that long work yields to; the process's own when left out. */
  readonly loop?: Loop;
}

/** The database as it is laid out. It asks nothing before the first use, and creates nothing. */
export function cloudbaseDatabase(options: CloudbaseDatabaseOptions): Engine {
  return new CloudbaseDatabase(options);
}

/** Brings the environment to the declared layout. @throws database.unavailable, database.conflict */
export async function openCloudbase(options: CloudbaseDatabaseOptions): Promise<Engine> {
  const database = new CloudbaseDatabase(options);
  await database.layOut();
  return database;
}

/** What a transaction remembers of its last run. */
interface LastRun {
  /** The documents that it relied on. The next run takes its turn at them. */
  wanted: readonly string[];
  /** Whether an id that was to be new was taken. The next run looks before it inserts. */
  isCareful: boolean;
}

class CloudbaseDatabase implements Engine, Counting {
  readonly #client: Client;
  readonly #asking: Asking;
  readonly #rerun: Rerun;
  readonly #loop: Loop;
  readonly #laidOut: LaidOut;
  readonly #firstVersion: () => number;
  readonly #latches = new Latches();
  readonly #tables = new Map<string, Table>();
  /** What nobody's call costs. */
  readonly #unread = unread();

  constructor(options: CloudbaseDatabaseOptions) {
    const { collections, random, clock, pause = systemPause, loop = systemLoop } = options;
    this.#rerun = { random, pause };
    this.#loop = loop;
    this.#client = new Client(options);
    this.#asking = new Asking(this.#client, this.#rerun);
    this.#laidOut = { client: this.#client, asking: this.#asking };
    // It is above every version that a removed document with the same id had, unless it was changed every microsecond.
    let last = 0;
    this.#firstVersion = () => {
      last = Math.max(last + 1, Math.floor((clock.now() + random()) * VERSIONS_PER_MS));
      return last;
    };
    for (const collection of collections) {
      if (this.#tables.has(collection.name)) throw new Error(`${collection.name} is declared twice`);
      this.#tables.set(collection.name, new Table(collection));
    }
  }

  metered(meter: Meter): Database {
    return new Metered(this, meter);
  }

  async find<D extends Doc>(collection: Collection<D>, id: string, meter = this.#unread): Promise<D | null> {
    const { row } = await this.#read(this.#tableOf(collection), id, meter);
    return row === null ? null : decoded(collection, row);
  }

  async findMany<D extends Doc>(
    collection: Collection<D>,
    ids: readonly string[],
    meter = this.#unread,
  ): Promise<D[]> {
    if (ids.length > FIND_MANY_MAX) throw new Error(`at most ${FIND_MANY_MAX} ids at once`);
    const table = this.#tableOf(collection);
    const asked = [...new Set(ids.filter((id) => mayExist(collection, id)))];
    const rows = await Promise.all(asked.map((id) => this.#asking.soon(table, id, meter)));
    return rows.flatMap((row) => (row === null ? [] : decoded(collection, row)));
  }

  async list<D extends Doc>(collection: Collection<D>, query: Query, meter = this.#unread): Promise<Page<D>> {
    const plan = planList(collection, query);
    const table = this.#tableOf(collection);
    // One more shows whether it is the last page.
    const rows = await this.#asking.page(
      table,
      table.list(plan, Math.min(plan.limit + 1, ANSWER_MAX)),
      meter,
    );
    const items = await this.#decodedEvenly(collection, rows.slice(0, plan.limit));
    const last = items.at(-1);
    if (last === undefined || rows.length < plan.limit) return { items, nextCursor: null };
    const nextCursor = cursorAfter(collection, plan, last);
    if (rows.length > plan.limit) return { items, nextCursor };
    if (plan.limit < ANSWER_MAX) return { items, nextCursor: null };
    const behind = planList(collection, { ...query, cursor: nextCursor, limit: 1 });
    const isMore = (await this.#asking.page(table, table.list(behind, 1), meter)).length > 0;
    return { items, nextCursor: isMore ? nextCursor : null };
  }

  async tx<T>(work: (tx: Tx) => Promise<T>, meter = this.#unread): Promise<T> {
    const last: LastRun = { wanted: [], isCareful: false };
    const run = async () => {
      const endTurns = await this.#latches.take(last.wanted);
      try {
        return await this.#run(work, last, meter);
      } finally {
        endTurns();
      }
    };
    return runUntilDone(run, this.#rerun, meter);
  }

  /**
   * One run. Work that throws is checked like work that resolves: what it read may have changed between two reads,
   * and then its error is as invalid as its writes.
   */
  async #run<T>(work: (tx: Tx) => Promise<T>, last: LastRun, meter: Meter): Promise<RunEnd<T>> {
    const read = (table: Table, id: string) => this.#read(table, id, meter);
    const transaction = new Transaction<Table, Seen>({
      tableOf: (collection) => this.#tableOf(collection),
      read,
      readBeforeInsert: last.isCareful ? read : () => ({ row: null, isAssumed: true }),
    } satisfies Reading<Table, Seen>);
    const outcome = await attempt(work, transaction);
    const touched = transaction.end({ isWriting: 'value' in outcome });
    const isWriting = touched.some(({ write }) => write !== undefined);
    // What is relied on is written, too, so that two that rely on the same are in each other's way.
    last.wanted = isWriting ? touched.map(({ key }) => key) : [];
    const end = await (isWriting
      ? commit(this.#client, touched, { firstVersion: this.#firstVersion, meter })
      : verify(this.#client, touched, meter));
    if (end === 'taken') last.isCareful = true;
    if (end === 'taken' || end === 'conflict') return 'conflict';
    if (end !== 'done') return { failure: end };
    if ('error' in outcome) throw outcome.error;
    return outcome;
  }

  async *exportAll(): AsyncGenerator<{ collection: string; id: string; version: number; doc: unknown }> {
    for (const table of this.#tables.values()) {
      const { collection } = table;
      for await (const [doc, { version }] of this.#rows(table, (row) => decoded(collection, row))) {
        yield { collection: collection.name, id: doc.id, version, doc };
      }
    }
  }

  async *exportRaw(collection: Collection): AsyncGenerator<RawDocument> {
    for await (const [raw] of this.#rows(this.#tableOf(collection), rawOf)) yield raw;
  }

  /** It cannot show one: a transaction ends after 30 seconds, and nothing else sees one moment. */
  async snapshot(): Promise<Snapshot | null> {
    return null;
  }

  /** All rows of a table by id, read a page at a time, and what `read` makes of each. */
  async *#rows<D extends Doc>(table: Table, read: (row: Row) => D): AsyncGenerator<readonly [D, Row]> {
    let last = '';
    for (;;) {
      const rows = await this.#asking.page(table, table.after(last, EXPORT_PAGE), this.#unread);
      for (const row of rows) {
        const turn = this.#loop.giveWay();
        if (turn !== null) await turn;
        const doc = read(row);
        yield [doc, row];
        last = doc.id;
      }
      if (rows.length < EXPORT_PAGE) break;
    }
  }

  importRaw(collection: Collection, docs: readonly RawDocument[]): Promise<void> {
    const table = this.#tableOf(collection);
    return runUntilDone(async () => {
      const rows = await Promise.all(docs.map(({ id }) => this.#asking.soon(table, id, this.#unread)));
      const there = rows.filter((row) => row !== null);
      const missing = missingAmong(collection, docs, there);
      if (missing.length === 0) return { value: undefined };
      const seen = { row: null, isAssumed: true };
      const touched: readonly Touched[] = missing.map((raw) => insertionOf(table, raw, seen));
      const end = await commit(this.#client, touched, {
        firstVersion: this.#firstVersion,
        meter: this.#unread,
      });
      if (end === 'done') return { value: undefined };
      return end === 'taken' || end === 'conflict' ? 'conflict' : { failure: end };
    }, this.#rerun);
  }

  undeclared(): Promise<readonly string[]> {
    return undeclaredIn([...this.#tables.keys()], this.#laidOut);
  }

  /** Creates what is missing, and fills the indexes of rows that another build has written. */
  async layOut(): Promise<void> {
    await layOut([...this.#tables.values()], this.#laidOut);
  }

  async migrate(asked: { readonly isOldGone: boolean }): Promise<readonly Migrated[]> {
    return migrateCloudbase([...this.#tables.values()], { ...asked, ...this.#laidOut });
  }

  /** From now on everything is refused. Safe to repeat. */
  async close(): Promise<void> {
    this.#client.close();
  }

  #tableOf(collection: Collection): Table {
    const table = this.#tables.get(collection.name);
    if (table === undefined) throw new Error(`${collection.name} is not declared`);
    return table;
  }

  async #read(table: Table, id: string, meter: Meter): Promise<Seen> {
    if (!mayExist(table.collection, id)) return { row: null, isAssumed: false };
    return { row: await this.#asking.soon(table, id, meter), isAssumed: false };
  }

  /** The documents of a page. It yields to the event loop between them when that is due. */
  async #decodedEvenly<D extends Doc>(collection: Collection<D>, rows: readonly Row[]): Promise<D[]> {
    const docs: D[] = [];
    for (const row of rows) {
      const turn = this.#loop.giveWay();
      if (turn !== null) await turn;
      docs.push(decoded(collection, row));
    }
    return docs;
  }
}
