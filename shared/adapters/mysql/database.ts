/**
 * The engine for MySQL, and for what speaks its protocol and keeps its promises.
 *
 * It uses optimistic concurrency control. Work reads committed documents outside any transaction, and buffers its
 * writes. So no connection and no lock is held while work runs, and a process that is frozen meanwhile holds nothing.
 * At the end one packet begins a transaction, checks by guards that everything relied on is unchanged, writes, and
 * commits. A guard that fails stops the packet.
 *
 * An insert of an id that the work has not looked at reads nothing at first: that the id is new is checked by the
 * commit. When it was taken, the work runs again, and its inserts then read.
 */
import { AppError, fail } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
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
import { decoded, mayExist, type Read, type Row } from '../engine/row.ts';
import { attempt, type Reading, Transaction } from '../engine/transaction.ts';
import { systemPause } from '../process/clock.ts';
import { systemLoop } from '../process/loop.ts';
import { type Server, serverOf } from './address.ts';
import { Asking } from './asking.ts';
import { isGone, meaningOf, unavailable } from './failures.ts';
import { layOut, migrateMysql, undeclaredIn } from './layout.ts';
import { Link, type Rows } from './link.ts';
import { whole } from './literal.ts';
import { Pool } from './pool.ts';
import { readOf, rowOf, type Seen, Table, type Touched } from './table.ts';

const FIND_MANY_MAX = 100;
const EXPORT_PAGE = 500;
const COMMIT_TIMEOUT_MS = 5_000;
const KILL_TIMEOUT_MS = 2_000;
/** A snapshot has nobody waiting behind it, and its pages may be large. */
const SNAPSHOT_TIMEOUT_MS = 60_000;

/** Reads that all see the moment at which the transaction began. */
const SNAPSHOT = [
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
  'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
];

/** The server, the collections, and chance and time from outside. */
export interface MysqlOptions {
  /** `mysql://user:password@host:port/database` */
  readonly url: string;
  readonly collections: readonly Collection[];
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
  /** The wall clock: connections that were unused for long are not used again. */
  readonly clock: Clock;
  /** The most connections at a time. */
  readonly connections: number;
  /** Waits between runs after a conflict; a real timer when left out. */
  readonly pause?: (ms: number) => Promise<void>;
  /** The event loop that long work yields to; the process's own when left out. */
  readonly loop?: Loop;
}

/**
 * The database as it is laid out. It connects at the first use, and creates nothing: that is for `migrate`, or for
 * `openMysql`.
 * @throws a plain Error when the address is none
 */
export function mysqlDatabase(options: MysqlOptions): Engine {
  return new MysqlDatabase(options);
}

/** Connects, and brings the database to the declared layout. @throws database.unavailable, database.conflict */
export async function openMysql(options: MysqlOptions): Promise<Engine> {
  const database = new MysqlDatabase(options);
  try {
    await database.layOut();
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

class MysqlDatabase implements Engine, Counting {
  readonly #server: Server;
  readonly #pool: Pool;
  readonly #asking: Asking;
  readonly #rerun: Rerun;
  readonly #loop: Loop;
  readonly #latches = new Latches();
  readonly #tables = new Map<string, Table>();
  /** What nobody's call costs. */
  readonly #unread = unread();

  constructor(options: MysqlOptions) {
    const { url, collections, random, clock, connections, pause = systemPause, loop = systemLoop } = options;
    this.#rerun = { random, pause };
    this.#loop = loop;
    this.#server = serverOf(url);
    this.#pool = new Pool(this.#server, { size: connections, clock });
    this.#asking = new Asking(this.#pool, this.#rerun);
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
    const asked = ids.filter((id) => mayExist(collection, id));
    if (asked.length === 0) return [];
    const rows = await this.#asking.askSoon(table.selectMany(asked), meter);
    const found = rows.map((row) => decoded(collection, rowOf(row)));
    const docs = new Map(found.map((doc) => [doc.id, doc]));
    return [...new Set(ids)].flatMap((id) => docs.get(id) ?? []);
  }

  async list<D extends Doc>(collection: Collection<D>, query: Query, meter = this.#unread): Promise<Page<D>> {
    const plan = planList(collection, query);
    const rows = await this.#asking.ask(this.#tableOf(collection).selectList(plan), meter);
    const items = await this.#decodedEvenly(collection, rows.slice(0, plan.limit).map(readOf));
    const last = items.at(-1);
    const isMore = rows.length > plan.limit && last !== undefined;
    return { items, nextCursor: isMore ? cursorAfter(collection, plan, last) : null };
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
    const writes = touched.filter(({ write }) => write !== undefined);
    last.wanted = writes.map(({ table, id }) => `${table.name}/${id}`);
    const end = writes.length === 0 ? await this.#verify(touched, meter) : await this.#commit(touched, meter);
    if (end === 'taken') last.isCareful = true;
    if (end === 'taken' || end === 'conflict') return 'conflict';
    if (end !== 'done') return { failure: end };
    if ('error' in outcome) throw outcome.error;
    return outcome;
  }

  async *exportAll(): AsyncGenerator<{ collection: string; id: string; version: number; doc: unknown }> {
    for (const table of this.#tables.values()) {
      const { collection } = table;
      const rows = this.#rows(table, (row) => decoded(collection, row), this.#ask);
      for await (const [doc, { version }] of rows) {
        yield { collection: collection.name, id: doc.id, version, doc };
      }
    }
  }

  async *exportRaw(collection: Collection): AsyncGenerator<RawDocument> {
    for await (const [raw] of this.#rows(this.#tableOf(collection), rawOf, this.#ask)) yield raw;
  }

  readonly #ask = (sql: string) => this.#asking.ask(sql, this.#unread);

  /** A transaction on a connection of its own. */
  async snapshot(): Promise<Snapshot> {
    const link = await Link.connect(this.#server).catch(refuse);
    const ask = async (statements: readonly string[]) => {
      const asked = { statements: statements.length, timeoutMs: SNAPSHOT_TIMEOUT_MS };
      return (await link.ask(statements.join(';'), asked).catch(refuse))[0] ?? [];
    };
    await ask(SNAPSHOT).catch((error: unknown) => {
      link.destroy();
      throw error;
    });
    const rows = (collection: Collection) =>
      this.#rows(this.#tableOf(collection), rawOf, (sql) => ask([sql]));
    return {
      exportRaw: async function* (collection) {
        for await (const [raw] of rows(collection)) yield raw;
      },
      close: async () => link.destroy(),
    };
  }

  /** All rows of a table by id, asked for a page at a time, and what `read` makes of each. */
  async *#rows<D extends Doc>(
    table: Table,
    read: (row: Row) => D,
    ask: (sql: string) => Promise<Rows>,
  ): AsyncGenerator<readonly [D, Row]> {
    let last = '';
    for (;;) {
      const rows = (await ask(table.selectPage(last, EXPORT_PAGE))).map(rowOf);
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
      const rows = (await this.#asking.ask(table.selectMany(docs.map(({ id }) => id)), this.#unread)).map(
        rowOf,
      );
      const missing = missingAmong(collection, docs, rows);
      if (missing.length === 0) return { value: undefined };
      const seen = { row: null, isAssumed: true };
      const end = await this.#commit(
        missing.map((raw) => insertionOf(table, raw, seen)),
        this.#unread,
      );
      if (end === 'done') return { value: undefined };
      return end === 'taken' || end === 'conflict' ? 'conflict' : { failure: end };
    }, this.#rerun);
  }

  undeclared(): Promise<readonly string[]> {
    return undeclaredIn([...this.#tables.keys()], this.#layingOut());
  }

  /** Creates what is missing, and fills the indexes of rows that another build has written. */
  async layOut(): Promise<void> {
    await layOut([...this.#tables.values()], this.#layingOut());
  }

  async migrate(asked: { readonly isOldGone: boolean }): Promise<readonly Migrated[]> {
    return migrateMysql([...this.#tables.values()], { ...asked, ...this.#layingOut() });
  }

  /** Ends the connections, once what is under way has its answer. Safe to repeat. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  #tableOf(collection: Collection): Table {
    const table = this.#tables.get(collection.name);
    if (table === undefined) throw new Error(`${collection.name} is not declared`);
    return table;
  }

  async #read(table: Table, id: string, meter: Meter): Promise<Seen> {
    if (!mayExist(table.collection, id)) return { row: null, isAssumed: false };
    const [row] = await this.#asking.askSoon(table.selectMany([id]), meter);
    return { row: row === undefined ? null : rowOf(row), isAssumed: false };
  }

  /** The documents of a page. It yields to the event loop between them when that is due. */
  async #decodedEvenly<D extends Doc>(collection: Collection<D>, rows: readonly Read[]): Promise<D[]> {
    const docs: D[] = [];
    for (const row of rows) {
      const turn = this.#loop.giveWay();
      if (turn !== null) await turn;
      docs.push(decoded(collection, row));
    }
    return docs;
  }

  /**
   * Whether everything that a work without writes relied on was there at one moment. One statement sees one moment.
   * A single document that was read was there when it was read.
   */
  async #verify(touched: readonly Touched[], meter: Meter): Promise<End> {
    const [only] = touched;
    if (only === undefined || (touched.length === 1 && !only.seen.isAssumed)) return 'done';
    const selects = touched.map(({ table, id }, place) => table.selectVersion(place, id));
    const versions = new Map(await this.#asking.ask(selects.join(' UNION ALL '), meter).then(pairs));
    const changed = touched.filter(({ seen }, place) => versions.get(place) !== (seen.row?.version ?? null));
    if (changed.length === 0) return 'done';
    return changed.some(({ seen }) => seen.isAssumed) ? 'taken' : 'conflict';
  }

  /** Checks and writes in one packet, in an order that all transactions keep. */
  async #commit(touched: readonly Touched[], meter: Meter): Promise<End> {
    const ordered = [...touched].sort((a, b) => compared(a.table.name, b.table.name) || compared(a.id, b.id));
    const packet = ['BEGIN', ...ordered.flatMap((each) => each.table.commit(each)), 'COMMIT'];
    let sentOn: number | null = null;
    try {
      return await this.#pool.use((link) => {
        sentOn = link.id;
        return send(link, packet, meter);
      });
    } catch (error) {
      const meaning = meaningOf(error);
      if (meaning === 'broken') throw unavailable(error);
      // Where no answer came it may be committed. The work runs again, and finds what it wrote.
      if (meaning === 'lost' && sentOn !== null) await this.#end(sentOn, meter);
      return unavailable(error);
    }
  }

  /**
   * Ends a connection at the server whose commit got no answer: it may wait there for a lock, or still be on its way.
   * Once the server has no such connection any more, nothing of it will happen after what the next run reads.
   * @throws database.unavailable when that cannot be learned. Then nobody knows whether it was committed.
   */
  #end(connection: number, meter: Meter): Promise<void> {
    const asked = { statements: 1, timeoutMs: KILL_TIMEOUT_MS };
    const isStill = fail('database.unavailable', { detail: `connection ${connection} does not end` });
    return runUntilDone(async () => {
      try {
        meter.roundTrips += 1;
        await this.#pool.use((link) => link.ask(`KILL ${whole(connection)}`, asked));
        // It ends as soon as it can. The server says so to the next one who asks.
        return { failure: isStill };
      } catch (error) {
        if (isGone(error)) return { value: undefined };
        if (meaningOf(error) === 'broken') throw unavailable(error);
        return { failure: unavailable(error) };
      }
    }, this.#rerun);
  }

  /** How the layout asks the server. What changes nothing more when it is repeated is run again. */
  #layingOut(): Parameters<typeof layOut>[1] {
    return {
      ask: (sql) => this.#asking.ask(sql, this.#unread),
      run: (step) =>
        runUntilDone(async () => {
          try {
            return { value: await this.#pool.use(step) };
          } catch (error) {
            if (error instanceof AppError) throw error;
            const meaning = meaningOf(error);
            if (meaning === 'conflict') return 'conflict';
            if (meaning === 'broken') throw unavailable(error);
            return { failure: unavailable(error) };
          }
        }, this.#rerun),
    };
  }
}

/** What a transaction remembers of its last run. */
interface LastRun {
  /** The documents that it wanted to write. The next run takes its turn at them. */
  wanted: readonly string[];
  /** Whether an id that was to be new was taken. The next run looks before it inserts. */
  isCareful: boolean;
}

/** How the end of a run went: done, or why it runs again. */
type End = 'done' | 'conflict' | 'taken' | AppError;

/** Sends a transaction. When the server refuses it, what it has done of it is undone. @throws an error of the driver */
async function send(link: Link, packet: readonly string[], meter: Meter): Promise<End> {
  const asked = { statements: packet.length, timeoutMs: COMMIT_TIMEOUT_MS };
  meter.roundTrips += 1;
  try {
    await link.ask(packet.join(';'), asked);
    return 'done';
  } catch (error) {
    const meaning = meaningOf(error);
    if (!link.isBroken) {
      meter.roundTrips += 1;
      await link.ask('ROLLBACK', { ...asked, statements: 1 }).catch(() => link.destroy());
    }
    if (meaning === 'conflict' || meaning === 'taken') return meaning;
    throw error;
  }
}

function refuse(error: unknown): never {
  throw unavailable(error);
}

function pairs(rows: readonly (readonly unknown[])[]): readonly (readonly [number, number | null])[] {
  return rows.map(([place, version]) => [Number(place), version === null ? null : Number(version)]);
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
