/**
 * The engine for MySQL, and for what speaks its protocol and keeps its promises.
 *
 * No connection and no lock is held while work runs. At the end one packet begins a transaction, checks by guards that
 * everything relied on is unchanged, writes, and commits. A guard that fails stops the packet.
 */
import { AppError, fail } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  Collection,
  Doc,
  Engine,
  Meter,
  Migrated,
  Page,
  Query,
  Snapshot,
} from '../../ports/database.ts';
import { decodedEvenly, rowsEvenly } from '../engine/evenly.ts';
import { cursorAfter, planList } from '../engine/query.ts';
import { rawOf } from '../engine/raw.ts';
import { type End, RemoteEngine, type RemoteOptions } from '../engine/remote.ts';
import { runUntilDone } from '../engine/rerun.ts';
import type { Row } from '../engine/row.ts';
import { type Server, serverOf } from './address.ts';
import { Asking } from './asking.ts';
import { isGone, meaningOf, unavailable } from './failures.ts';
import { layOut, migrateMysql, undeclaredIn } from './layout.ts';
import { Link } from './link.ts';
import { whole } from './literal.ts';
import { Pool } from './pool.ts';
import { readOf, rowOf, Table, type Touched } from './table.ts';

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
export interface MysqlOptions extends RemoteOptions {
  /** `mysql://user:password@host:port/database` */
  readonly url: string;
  /** The wall clock: connections that were unused for long are not used again. */
  readonly clock: Clock;
  /** The most connections at a time. */
  readonly connections: number;
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

class MysqlDatabase extends RemoteEngine<Table> {
  protected readonly exportPage = EXPORT_PAGE;
  readonly #server: Server;
  readonly #pool: Pool;
  readonly #asking: Asking;

  constructor(options: MysqlOptions) {
    super(options, (collection) => new Table(collection));
    const { url, clock, connections } = options;
    this.#server = serverOf(url);
    this.#pool = new Pool(this.#server, { size: connections, clock });
    this.#asking = new Asking(this.#pool, this.rerun);
  }

  async list<D extends Doc>(collection: Collection<D>, query: Query, meter = this.unread): Promise<Page<D>> {
    const plan = planList(collection, query);
    const rows = await this.#asking.ask(this.tables.of(collection).selectList(plan), meter);
    const items = await decodedEvenly(collection, rows.slice(0, plan.limit).map(readOf), this.loop);
    const last = items.at(-1);
    const isMore = rows.length > plan.limit && last !== undefined;
    return { items, nextCursor: isMore ? cursorAfter(collection, plan, last) : null };
  }

  protected async rowOf(table: Table, id: string, meter: Meter): Promise<Row | null> {
    return (await this.rowsOf(table, [id], meter))[0] ?? null;
  }

  protected async rowsOf(table: Table, ids: readonly string[], meter: Meter): Promise<readonly Row[]> {
    return (await this.#asking.askSoon(table.selectMany(ids), meter)).map(rowOf);
  }

  protected async rowsAfter(table: Table, id: string, length: number): Promise<readonly Row[]> {
    return (await this.#asking.ask(table.selectPage(id, length), this.unread)).map(rowOf);
  }

  /** What is only relied on is locked by all of them together. */
  protected contended(touched: readonly Touched[]): readonly Touched[] {
    return touched.filter(({ write }) => write !== undefined);
  }

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
    const rows = (collection: Collection) => {
      const table = this.tables.of(collection);
      const pageAfter = async (id: string, length: number) =>
        (await ask([table.selectPage(id, length)])).map(rowOf);
      return rowsEvenly({ pageAfter, length: EXPORT_PAGE, read: rawOf, loop: this.loop });
    };
    return {
      exportRaw: async function* (collection) {
        for await (const [raw] of rows(collection)) yield raw;
      },
      close: async () => link.destroy(),
    };
  }

  undeclared(): Promise<readonly string[]> {
    return undeclaredIn(this.tables.names, this.#layingOut());
  }

  /** Creates what is missing, and fills the indexes of rows that another build has written. */
  async layOut(): Promise<void> {
    await layOut(this.tables.all, this.#layingOut());
  }

  async migrate(asked: { readonly isOldGone: boolean }): Promise<readonly Migrated[]> {
    return migrateMysql(this.tables.all, { ...asked, ...this.#layingOut() });
  }

  /** Ends the connections, once what is under way has its answer. Safe to repeat. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  /**
   * Whether everything that a work without writes relied on was there at one moment. One statement sees one moment.
   * A single document that was read was there when it was read.
   */
  protected async verify(touched: readonly Touched[], meter: Meter): Promise<End> {
    const [only] = touched;
    if (only === undefined || (touched.length === 1 && !only.seen.isAssumed)) return 'done';
    const selects = touched.map(({ table, id }, place) => table.selectVersion(place, id));
    const versions = new Map(await this.#asking.ask(selects.join(' UNION ALL '), meter).then(pairs));
    const changed = touched.filter(({ seen }, place) => versions.get(place) !== (seen.row?.version ?? null));
    if (changed.length === 0) return 'done';
    return changed.some(({ seen }) => seen.isAssumed) ? 'taken' : 'conflict';
  }

  /** Checks and writes in one packet, in an order that all transactions keep. */
  protected async commit(touched: readonly Touched[], meter: Meter): Promise<End> {
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
    }, this.rerun);
  }

  /** How the layout asks the server. What changes nothing more when it is repeated is run again. */
  #layingOut(): Parameters<typeof layOut>[1] {
    return {
      ask: (sql) => this.#asking.ask(sql, this.unread),
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
        }, this.rerun),
    };
  }
}

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
