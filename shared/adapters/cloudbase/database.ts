/**
 * The engine for the documents of a CloudBase environment. The time that CloudBase gives a transaction is for the
 * commit alone (`commit.ts`).
 */
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
import { decodedEvenly } from '../engine/evenly.ts';
import { cursorAfter, planList } from '../engine/query.ts';
import { type End, RemoteEngine, type RemoteOptions } from '../engine/remote.ts';
import type { Row } from '../engine/row.ts';
import { Asking } from './asking.ts';
import { Client, type ClientOptions } from './client.ts';
import { commit, verify } from './commit.ts';
import { type LaidOut, layOut, migrateCloudbase, undeclaredIn } from './layout.ts';
import { ANSWER_MAX, Table, type Touched } from './table.ts';

const EXPORT_PAGE = 100;
/** What a version counts in a millisecond. */
const VERSIONS_PER_MS = 1_000;

/** The environment, the collections, and chance and time from outside. */
export interface CloudbaseDatabaseOptions extends ClientOptions, RemoteOptions {}

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

class CloudbaseDatabase extends RemoteEngine<Table> {
  protected readonly exportPage = EXPORT_PAGE;
  readonly #client: Client;
  readonly #asking: Asking;
  readonly #laidOut: LaidOut;
  readonly #firstVersion: () => number;

  constructor(options: CloudbaseDatabaseOptions) {
    super(options, (collection) => new Table(collection));
    const { random, clock } = options;
    this.#client = new Client(options);
    this.#asking = new Asking(this.#client, this.rerun);
    this.#laidOut = { client: this.#client, asking: this.#asking };
    // It is above every version that a removed document with the same id had, unless it was changed every microsecond.
    let last = 0;
    this.#firstVersion = () => {
      last = Math.max(last + 1, Math.floor((clock.now() + random()) * VERSIONS_PER_MS));
      return last;
    };
  }

  async list<D extends Doc>(collection: Collection<D>, query: Query, meter = this.unread): Promise<Page<D>> {
    const plan = planList(collection, query);
    const table = this.tables.of(collection);
    // One more shows whether it is the last page.
    const rows = await this.#asking.page(
      table,
      table.list(plan, Math.min(plan.limit + 1, ANSWER_MAX)),
      meter,
    );
    const items = await decodedEvenly(collection, rows.slice(0, plan.limit), this.loop);
    const last = items.at(-1);
    if (last === undefined || rows.length < plan.limit) return { items, nextCursor: null };
    const nextCursor = cursorAfter(collection, plan, last);
    if (rows.length > plan.limit) return { items, nextCursor };
    if (plan.limit < ANSWER_MAX) return { items, nextCursor: null };
    const behind = planList(collection, { ...query, cursor: nextCursor, limit: 1 });
    const isMore = (await this.#asking.page(table, table.list(behind, 1), meter)).length > 0;
    return { items, nextCursor: isMore ? nextCursor : null };
  }

  protected rowOf(table: Table, id: string, meter: Meter): Promise<Row | null> {
    return this.#asking.soon(table, id, meter);
  }

  protected async rowsOf(table: Table, ids: readonly string[], meter: Meter): Promise<readonly Row[]> {
    const rows = await Promise.all(ids.map((id) => this.rowOf(table, id, meter)));
    return rows.filter((row) => row !== null);
  }

  protected rowsAfter(table: Table, id: string, length: number): Promise<readonly Row[]> {
    return this.#asking.page(table, table.after(id, length), this.unread);
  }

  protected commit(touched: readonly Touched[], meter: Meter): Promise<End> {
    return commit(this.#client, touched, { firstVersion: this.#firstVersion, meter });
  }

  protected verify(touched: readonly Touched[], meter: Meter): Promise<End> {
    return verify(this.#client, touched, meter);
  }

  /** What is relied on is written, too, so that two that rely on the same are in each other's way. */
  protected contended(touched: readonly Touched[]): readonly Touched[] {
    return touched;
  }

  /** It cannot show one: a transaction ends after 30 seconds, and nothing else sees one moment. */
  async snapshot(): Promise<Snapshot | null> {
    return null;
  }

  undeclared(): Promise<readonly string[]> {
    return undeclaredIn(this.tables.names, this.#laidOut);
  }

  /** Creates what is missing, and fills the indexes of rows that another build has written. */
  async layOut(): Promise<void> {
    await layOut(this.tables.all, this.#laidOut);
  }

  async migrate(asked: { readonly isOldGone: boolean }): Promise<readonly Migrated[]> {
    return migrateCloudbase(this.tables.all, { ...asked, ...this.#laidOut });
  }

  /** From now on everything is refused. Safe to repeat. */
  async close(): Promise<void> {
    this.#client.close();
  }
}
