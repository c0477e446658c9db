import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { searchProducts } from '../../functions/catalogue/searchProducts.ts';
import { checkInvariants } from '../../functions/operations/checkInvariants.ts';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { collections } from '../../shared/data/collections.ts';
import type { Database } from '../../shared/ports/database.ts';
import { audited } from '../support/audited.ts';
import { START_MS } from '../support/clock.ts';
import { exported } from '../support/given/export.ts';
import { storedIn } from '../support/given/order.ts';
import { createWorld, type World } from '../support/world.ts';
import { type GrownAsked, growStore } from './grown.ts';

const ORDERS = 250;
const PRODUCTS = 80;
/** Whole copies of the catalogue without memberships: 33 products, and two times 30. */
const PRODUCTS_MADE = 93;

describe('a grown shop', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zhike-grown-'));
  let opened = 0;
  let database: Database;
  let world: World;

  const grow = async (changes: Partial<GrownAsked> = {}) => {
    opened += 1;
    const path = join(folder, `${opened}.db`);
    const asked = { path, orders: ORDERS, products: PRODUCTS, seed: 1, nowMs: START_MS, ...changes };
    const grown = await growStore(asked);
    return { grown, database: sqliteDatabase({ path, collections, random: () => 0.5 }) };
  };

  beforeAll(async () => {
    database = (await grow()).database;
    world = await createWorld({ database: () => database });
  });
  afterAll(async () => {
    await world.close();
    await database.close();
    rmSync(folder, { recursive: true });
  });

  it('is found right by the audit', async () => {
    const { documents, findings } = await audited(database);
    expect(findings).toEqual([]);
    expect(documents).toMatchObject({ orders: ORDERS, payments: ORDERS, products: PRODUCTS_MADE });
  });

  it('is found right by the nightly look', async () => {
    const counts = await world.run(checkInvariants);
    expect(Object.keys(counts)).toEqual(['check.right']);
    expect(counts['check.right']).toBeGreaterThan(ORDERS);
  });

  it('has nothing but documents that the product could have written', async () => {
    const schemas = new Map(collections.map(({ name, schema }) => [name, schema]));
    for await (const { collection, id, doc } of database.exportAll()) {
      const read = schemas.get(collection)?.safeParse(doc);
      expect([collection, id, read?.data]).toEqual([collection, id, doc]);
    }
  });

  it('has everything that an order leaves behind, of orders that ended in every way', async () => {
    const named = new Set((await exported(world)).map(({ collection }) => collection));
    const left = ['orders', 'payments', 'receipts', 'journal', 'entitlements', 'refunds', 'tasks'];
    const whose = ['users', 'identities', 'sessions', 'coupons', 'pointsAccounts', 'pointsEntries'];
    expect([...named]).toEqual(expect.arrayContaining([...left, ...whose, 'pointsHolds', 'memberships']));
    const orders = (await storedIn(world, 'orders')) as {
      state: string;
      rail: string;
      refundedFen: number;
    }[];
    const ends = new Set(orders.map(({ state, rail, refundedFen }) => `${state} ${rail} ${refundedFen > 0}`));
    const paid = ['paid wxpay false', 'paid wxpay true', 'paid xpay false', 'paid xpay true'];
    expect([...ends].sort()).toEqual(expect.arrayContaining(['closed wxpay false', ...paid]));
  });

  it('has orders of every month that it was open, and tasks of the last ones alone', async () => {
    const months = (atMs: readonly number[]) =>
      new Set(atMs.map((ms) => new Date(ms).toISOString().slice(0, 7))).size;
    const created = async (name: string) =>
      ((await storedIn(world, name)) as { createdAtMs: number }[]).map(({ createdAtMs }) => createdAtMs);
    expect(months(await created('orders'))).toBeGreaterThan(4);
    expect(Math.max(...(await created('orders')))).toBeLessThan(START_MS);
    const [tasks, oldest] = [await created('tasks'), START_MS - 91 * 86_400_000];
    expect(tasks.every((ms) => ms > oldest)).toBe(true);
  });

  it('sells what a search finds, at many prices', async () => {
    const { items } = (await world.call(searchProducts, { q: '数据分析', limit: 20 })).data;
    expect(items.length).toBeGreaterThan(0);
    const sold = (await storedIn(world, 'products')) as { listFen: number; kind: string }[];
    expect(new Set(sold.map(({ listFen }) => listFen)).size).toBeGreaterThan(30);
    expect(new Set(sold.map(({ kind }) => kind)).size).toBe(6);
  });

  it('is the same for the same request', async () => {
    const small = { orders: 50, products: 33 };
    const [first, again] = [await grow(small), await grow(small)];
    const textOf = async (own: Database) => {
      const all: unknown[] = [];
      for await (const { collection, doc } of own.exportAll()) {
        // Its sealed text is random, so it is left out.
        all.push(collection === 'identities' ? { ...(doc as object), sessionKeySealed: null } : doc);
      }
      return JSON.stringify(all);
    };
    expect(await textOf(again.database)).toBe(await textOf(first.database));
    for (const each of [first, again]) await each.database.close();
  });

  it('refuses a count of orders that is not made of whole copies', async () => {
    await expect(grow({ orders: 70 })).rejects.toThrow('50');
  });
});
