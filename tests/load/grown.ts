/**
 * A grown shop: a store with any number of orders and products, made in seconds.
 *
 * Fifty orders are played in a world (`playedOrders.ts`). All documents that they leave behind are stored many times
 * under other names (`renamed.ts`). So every copy is as the product itself would leave it, and the nightly check and
 * the audit find the whole store right. The same request makes the same store.
 */
import type Connection from 'libsql';
import { scalarOf } from '../../shared/adapters/engine/query.ts';
import { encoded, type Layout, type Write } from '../../shared/adapters/engine/row.ts';
import { serverOf } from '../../shared/adapters/mysql/address.ts';
import { Link } from '../../shared/adapters/mysql/link.ts';
import { Table as ServerTable } from '../../shared/adapters/mysql/table.ts';
import { openSqlite } from '../../shared/adapters/sqlite/layout.ts';
import { Table } from '../../shared/adapters/sqlite/table.ts';
import { collections } from '../../shared/data/collections.ts';
import * as couponStocks from '../../shared/data/coupons/couponStocks.ts';
import type { Doc } from '../../shared/ports/database.ts';
import { DAY_MS, type TimeMs } from '../../shared/schemas/base.ts';
import type { CouponStock } from '../../shared/schemas/coupons/coupon.ts';
import { catalogue, generationsFor, type Told } from './grownCatalogue.ts';
import { ORDERS_PLAYED, type Played, playOrders } from './playedOrders.ts';
import { Renamer } from './renamed.ts';

/** The size of the shop to make. */
export interface GrownAsked {
  /** The number of orders, a multiple of fifty. */
  readonly orders: number;
  /**
   * The least number of products on sale: 33, or more. It may become slightly more, because the catalogue is copied as
   * a whole.
   */
  readonly products: number;
  readonly seed: number;
  /** The present. The newest orders are a few weeks old, the oldest a year. */
  readonly nowMs: number;
}

/** The result. */
export interface Grown {
  readonly documents: number;
  readonly orders: number;
  readonly products: number;
}

/** How long the shop has been open, in days. */
const OPEN_DAYS = 300;
/** The hours over which the orders of a day are spread, so that none crosses midnight in Shanghai. */
const DAY_SPREAD_MS = 6 * 3_600_000;
/** For how many days after its orders a copy still has documents that `removeEnded` would remove. */
const KEPT_DAYS: Readonly<Record<string, number>> = { sessions: 60, tasks: 90 };
const BATCH = 20_000;
/** A packet to a server is sent when it has so many characters. The server takes sixteen million bytes. */
const PACKET_CHARACTERS = 1_000_000;
const PACKET_TIMEOUT_MS = 120_000;

/** Inserts documents into the tables, many in one transaction. */
abstract class Bulk {
  count = 0;

  abstract tableOf(collection: string): Layout;

  /** Validates a document as the engine does, and stores it. */
  add({ collection, doc }: Told): void {
    const table = this.tableOf(collection);
    this.#store(table, encoded(table, doc as Doc, null));
  }

  /** Stores the text of a renamed copy. It needs no validation, because the original was validated. */
  addCopy(table: Layout, body: string): void {
    const { collection, layout } = table;
    const doc: Doc = JSON.parse(body);
    const fields = table.fields.map((field) => scalarOf(collection, doc, field));
    const { id } = doc;
    const bytes = Buffer.byteLength(body);
    this.#store(table, { id, schemaVersion: collection.version, layout, body, bytes, fields, changed: null });
  }

  /** Waits until no more than a packet is left to be sent. */
  abstract settle(): Promise<void> | void;

  abstract close(): Promise<void> | void;

  protected abstract insert(table: Layout, write: Write): void;

  #store(table: Layout, write: Write): void {
    this.insert(table, write);
    this.count += 1;
  }
}

/** A new file. */
class FileBulk extends Bulk {
  readonly #connection: Connection.Database;
  readonly #tables: ReadonlyMap<string, Table>;

  /** @param path where no file is yet */
  constructor(path: string) {
    super();
    this.#connection = openSqlite(path, collections);
    // Nobody reads the file before it is complete, so nothing has to be undone.
    for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -200000']) {
      this.#connection.pragma(pragma);
    }
    this.#tables = new Map(collections.map((each) => [each.name, new Table(this.#connection, each)]));
    this.#connection.exec('BEGIN IMMEDIATE');
  }

  tableOf(collection: string): Table {
    return existing(this.#tables, collection);
  }

  /** A file needs no waiting. */
  settle(): void {}

  close(): void {
    this.#connection.exec('COMMIT');
    this.#connection.close();
  }

  protected insert({ collection }: Layout, write: Write): void {
    this.tableOf(collection.name).insert(write);
    if (this.count % BATCH === 0) this.#connection.exec('COMMIT; BEGIN IMMEDIATE');
  }
}

/** An empty database on a server, with its tables. */
class ServerBulk extends Bulk {
  readonly #link: Link;
  readonly #tables = new Map(collections.map((each) => [each.name, new ServerTable(each)]));
  #statements: string[] = [];
  #characters = 0;

  private constructor(link: Link) {
    super();
    this.#link = link;
  }

  static async open(url: string): Promise<ServerBulk> {
    return new ServerBulk(await Link.connect(serverOf(url)));
  }

  tableOf(collection: string): ServerTable {
    return existing(this.#tables, collection);
  }

  async settle(): Promise<void> {
    if (this.#characters >= PACKET_CHARACTERS) await this.#send();
  }

  async close(): Promise<void> {
    await this.#send();
    this.#link.close();
  }

  protected insert({ collection }: Layout, write: Write): void {
    const table = this.tableOf(collection.name);
    const { id } = write;
    const seen = { row: null, isAssumed: true };
    const [sql = ''] = table.commit({ key: id, table, id, seen, isRelied: true, write });
    this.#statements.push(sql);
    this.#characters += sql.length;
  }

  async #send(): Promise<void> {
    const packet = ['BEGIN', ...this.#statements, 'COMMIT'];
    await this.#link.ask(packet.join(';'), { statements: packet.length, timeoutMs: PACKET_TIMEOUT_MS });
    this.#statements = [];
    this.#characters = 0;
  }
}

function existing<T>(tables: ReadonlyMap<string, T>, collection: string): T {
  const table = tables.get(collection);
  if (table === undefined) throw new Error(`there is no collection ${collection}`);
  return table;
}

/** The stocks of coupons after `copies` copies. The coupons given out are spread evenly over the shards. */
function stocksAfter({ seeded, changed }: Played, copies: number): readonly CouponStock[] {
  const read = (all: Played['seeded']) =>
    all.flatMap(({ collection, doc }) =>
      collection === couponStocks.collection.name ? couponStocks.collection.schema.parse(doc) : [],
    );
  const issued = new Map<string, number>();
  for (const { templateId, issued: count } of read(changed)) {
    issued.set(templateId, (issued.get(templateId) ?? 0) + count);
  }
  const before = read(seeded);
  return before.map((stock, place) => {
    const own = before.filter(({ templateId }) => templateId === stock.templateId);
    const nth = before.slice(0, place).filter(({ templateId }) => templateId === stock.templateId).length;
    const all = (issued.get(stock.templateId) ?? 0) * copies;
    const count = Math.floor(all / own.length) + (nth < all % own.length ? 1 : 0);
    return { ...stock, issued: stock.issued + count, remaining: stock.remaining - count };
  });
}

/** The time of a copy's orders relative to the played ones. The newest copy ends in the last day before `nowMs`. */
function shiftOf(copy: number, copies: number, untilAtMs: TimeMs, nowMs: number): number {
  const newest = Math.floor((nowMs - DAY_SPREAD_MS - untilAtMs) / DAY_MS);
  const back = Math.floor((OPEN_DAYS * (copies - 1 - copy)) / copies);
  return (newest - back) * DAY_MS + ((copy * 97_003) % DAY_SPREAD_MS);
}

async function storeOrders(
  bulk: Bulk,
  played: Played,
  asked: GrownAsked,
  generations: number,
): Promise<void> {
  const renamer = new Renamer();
  const patterns = played.own.map(({ collection, doc }) => ({
    table: bulk.tableOf(collection),
    keptDays: KEPT_DAYS[collection] ?? Number.POSITIVE_INFINITY,
    textOf: renamer.patternOf(JSON.stringify(doc)),
  }));
  const copies = asked.orders / ORDERS_PLAYED;
  for (let copy = 0; copy < copies; copy += 1) {
    const shiftMs = shiftOf(copy, copies, played.untilAtMs, asked.nowMs);
    const ageDays = (asked.nowMs - played.fromAtMs - shiftMs) / DAY_MS;
    const names = renamer.namesOf({ copy, shiftMs, generation: copy % (generations + 1) });
    for (const { table, keptDays, textOf } of patterns) {
      if (ageDays < keptDays) bulk.addCopy(table, textOf(names));
    }
    await bulk.settle();
  }
}

/** Makes the store in a new file. @param path where no file is yet */
export function growStore({ path, ...asked }: GrownAsked & { readonly path: string }): Promise<Grown> {
  return grow(asked, async () => new FileBulk(path));
}

/** Makes the store on a server. @param url a database in which the tables are laid out, and empty */
export function growServer({ url, ...asked }: GrownAsked & { readonly url: string }): Promise<Grown> {
  return grow(asked, () => ServerBulk.open(url));
}

async function grow(asked: GrownAsked, open: () => Promise<Bulk>): Promise<Grown> {
  const { orders, products: count, seed } = asked;
  const copies = orders / ORDERS_PLAYED;
  if (!Number.isInteger(copies)) throw new Error(`orders come in ${ORDERS_PLAYED}s`);
  const played = await playOrders(seed);
  const generations = generationsFor(played, count);
  const stocks = stocksAfter(played, copies);
  const bulk = await open();
  let products = 0;
  try {
    for (const told of catalogue(played, generations, seed)) {
      if (told.collection === couponStocks.collection.name) continue;
      bulk.add(told);
      if (told.collection === 'products') products += 1;
      await bulk.settle();
    }
    for (const doc of stocks) bulk.add({ collection: couponStocks.collection.name, doc });
    await storeOrders(bulk, played, asked, generations);
  } finally {
    await bulk.close();
  }
  return { documents: bulk.count, orders, products };
}
