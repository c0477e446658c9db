import { AsyncLocalStorage } from 'node:async_hooks';
import { reconcile } from '../../functions/books/reconcile.ts';
import { expireCoupons } from '../../functions/coupons/expireCoupons.ts';
import { createOrder } from '../../functions/orders/createOrder.ts';
import { checkIn } from '../../functions/points/checkIn.ts';
import { accessTo } from '../../shared/flows/access/accessTo.ts';
import type { Database, Tx } from '../../shared/ports/database.ts';
import { DAY_MS } from '../../shared/schemas/base.ts';
import { LINES_MAX } from '../../shared/schemas/orders/order.ts';
import { givenProduct } from '../support/given/course.ts';
import { givenCouponOf, orderFor } from '../support/given/order.ts';
import { askBack, givenStudied } from '../support/given/refund.ts';
import { bar, lanes, percentile } from './bar.ts';
import { openShop, type Shop } from './shop.ts';
import { operationsOf, wrapped } from './wrapped.ts';

const DOCUMENTS_MAX = 64;
const TX_MAX_MS = 2_000;
const LOST = 0.2;

/** One run of a transaction. */
interface Run {
  readonly touched: Set<string>;
  readonly written: Set<string>;
  readonly removed: Set<string>;
}

/** Watches every transaction of a database, and calls to the outside from within one. */
class Trace {
  transactions = 0;
  operations = 0;
  documentsMax = 0;
  readonly tookMs: number[] = [];
  readonly violations: string[] = [];
  /** How often each document was written by committed transactions. */
  readonly #writes = new Map<string, number>();
  readonly #removedFrom = new Set<string>();
  /** The present run of the transaction from which the code was called. */
  readonly #within = new AsyncLocalStorage<{ run: Run | null }>();

  over(inner: Database): Database {
    return wrapped(
      inner,
      (tx, work) => work(this.#watched(tx)),
      (work) => this.#timed(work),
    );
  }

  /** Must be called at each call to the outside. */
  wentOutside(where: string): void {
    if (this.#within.getStore() !== undefined)
      this.violations.push(`${where} was called within a transaction`);
  }

  async #timed<T>(work: () => Promise<T>): Promise<T> {
    const from = performance.now();
    const open: { run: Run | null } = { run: null };
    try {
      const value = await this.#within.run(open, work);
      this.#committed(open.run);
      return value;
    } finally {
      this.transactions += 1;
      this.tookMs.push(performance.now() - from);
    }
  }

  #committed(run: Run | null): void {
    for (const key of run?.written ?? []) this.#writes.set(key, (this.#writes.get(key) ?? 0) + 1);
    for (const key of run?.removed ?? []) this.#removedFrom.add(key.slice(0, key.indexOf('/')));
  }

  #watched(tx: Tx): Tx {
    const run: Run = { touched: new Set(), written: new Set(), removed: new Set() };
    const open = this.#within.getStore();
    if (open === undefined) this.violations.push('a transaction runs outside of its own call');
    else open.run = run;
    const touch = (collection: { readonly name: string }, id: string): string => {
      const key = `${collection.name}/${id}`;
      run.touched.add(key);
      this.operations += 1;
      this.documentsMax = Math.max(this.documentsMax, run.touched.size);
      return key;
    };
    const { find, peek, insert, update, remove } = operationsOf(tx);
    return {
      find: (collection, id) => {
        touch(collection, id);
        return find(collection, id);
      },
      peek: (collection, id) => {
        touch(collection, id);
        return peek(collection, id);
      },
      insert: (collection, doc) => {
        run.written.add(touch(collection, doc.id));
        return insert(collection, doc);
      },
      update: (collection, doc) => {
        run.written.add(touch(collection, doc.id));
        return update(collection, doc);
      },
      remove: (collection, id) => {
        run.removed.add(touch(collection, id));
        return remove(collection, id);
      },
    };
  }

  /** Takes the documents that are already there as written. */
  async begin(database: Database): Promise<void> {
    for await (const { collection, id, version } of database.exportAll())
      this.#writes.set(`${collection}/${id}`, version);
  }

  /** Compares each document's version with the number of its writes. Answers how many documents were compared. */
  async compareVersions(database: Database): Promise<number> {
    let compared = 0;
    for await (const { collection, id, version } of database.exportAll()) {
      const writes = this.#writes.get(`${collection}/${id}`) ?? 0;
      const isRight = this.#removedFrom.has(collection) ? version >= writes : version === writes;
      if (!isRight)
        this.violations.push(`${collection}/${id} was written ${writes} times, and is ${version}`);
      compared += 1;
    }
    return compared;
  }
}

/** Reports every call to WeChat, WeChat Pay or virtual payment to the trace. */
function watchOutside({ world }: Shop, trace: Trace): { calls: number } {
  const counted = { calls: 0 };
  for (const [name, simulator] of Object.entries({
    wxpay: world.wechatPay,
    xpay: world.xpay,
    wx: world.weixin,
  })) {
    const handle = simulator.handle.bind(simulator);
    simulator.handle = (request) => {
      counted.calls += 1;
      trace.wentOutside(`${name} ${request.path}`);
      return handle(request);
    };
  }
  return counted;
}

/**
 * What one buyer does: orders on both rails, with a coupon and points, an order of the largest size, and refunds of
 * everything.
 */
async function journey(shop: Shop, n: number): Promise<void> {
  const { world } = shop;
  const buyer = await shop.buyer(`buyer${n}`);
  const { token } = buyer;
  await world.call(checkIn, {}, { token });
  const xpay = await shop.order(buyer, { platform: n % 2 === 0 ? 'android' : 'ios' });
  await shop.pay(buyer, xpay);
  const products = [];
  for (let line = 0; line < (n % 3 === 0 ? LINES_MAX : 2); line += 1)
    products.push(await givenProduct(world, { lessonCount: 10 }));
  const coupon = await givenCouponOf(world, buyer.userId);
  const asked = orderFor(world, products, coupon);
  const { order } = (await world.call(createOrder, asked, { token })).data;
  await shop.pay(buyer, order);
  await world.drain();
  if (n % 4 === 0) {
    const access = await accessTo(world.ports.database, buyer.userId, products, world.clock.now());
    await givenStudied(
      world,
      buyer,
      products.filter((product) => access(product).mayUse),
    );
    await askBack(world, buyer, order, order.payableFen);
  }
  if (n % 4 === 1) await shop.order(buyer);
}

/**
 * The port's type already ensures that a transaction names documents only by id; this bar checks what the type cannot.
 * Documents that a transaction reads and does not write are not judged, because the engine validates them at the
 * commit.
 *
 * Seen red: with a transaction that asks WeChat Pay about an order; with versions of orders that stay 1.
 */
export const R18 = bar({
  proves:
    'no transaction touches more than 64 documents, lasts, or calls outside; every write raises the version',
  flags: { buyers: 60 },
  brief: { buyers: 8 },
  run: async ({ seed, flags, note }) => {
    const trace = new Trace();
    const shop = await openShop(seed, undefined, { database: (inner) => trace.over(inner) });
    await trace.begin(shop.world.ports.database);
    const outside = watchOutside(shop, trace);
    shop.world.wechatPay.faults.shares.lose = LOST;
    shop.world.xpay.faults.shares.lose = LOST;
    shop.world.bus.faults.loss = LOST;
    await lanes(Array.from({ length: flags.buyers }), 8, (_, n) => journey(shop, n));
    note(`${trace.transactions} transactions`);
    await shop.rest(60);
    shop.world.clock.advance(DAY_MS);
    await shop.world.run(expireCoupons);
    await shop.world.run(reconcile);
    await shop.rest(5);
    const documents = await trace.compareVersions(shop.world.ports.database);
    const violations = [...new Set(trace.violations), ...(await shop.audit(true))];
    const { transactions, operations, documentsMax } = trace;
    const p99Ms = Math.round(percentile(trace.tookMs, 0.99));
    const maxMs = Math.round(Math.max(...trace.tookMs));
    const calls = outside.calls;
    const measured = { transactions, operations, documentsMax, documents, calls, p99Ms, maxMs, violations };
    const isShort = documentsMax <= DOCUMENTS_MAX && maxMs < TX_MAX_MS;
    return { pass: violations.length === 0 && isShort && calls > 0, measured };
  },
});
