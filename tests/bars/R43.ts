import { serverOf } from '../../shared/adapters/mysql/address.ts';
import { openMysql } from '../../shared/adapters/mysql/database.ts';
import { Link } from '../../shared/adapters/mysql/link.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { collections } from '../../shared/data/collections.ts';
import { growServer } from '../load/grown.ts';
import {
  ask,
  type ListedQuery,
  listedQueries,
  PAGE,
  readsOf,
  wronglyPlanned,
} from '../load/listedQueries.ts';
import { multiply } from '../load/multiplied.ts';
import { Administrator, type MadeDatabase, makeDatabase } from '../support/mysql.ts';
import { bar, percentile } from './bar.ts';

/** What a list may cost in the large shop, as a multiple of the small one. */
const RATIO_MAX = 2;
const ROUNDS = 5;

interface GrownShop {
  readonly link: Link;
  readonly queries: ReadonlyMap<string, ListedQuery>;
}

/** Lays the tables out, fills them, and lets the server count what they hold, because it plans by that. */
async function openGrown({ url }: MadeDatabase, fill: () => Promise<unknown>): Promise<GrownShop> {
  const given = { url, collections, random: Math.random, clock: systemClock, connections: 1 };
  await (await openMysql(given)).close();
  await fill();
  const link = await Link.connect(serverOf(url));
  for (const { name } of collections) await ask(link, `ANALYZE TABLE \`${name}\``);
  const queries = await listedQueries(link);
  return { link, queries: new Map(queries.map((query) => [query.name, query])) };
}

/** The middle time of one list in each shop, by turns. */
async function timesOf(shops: readonly GrownShop[], name: string): Promise<readonly number[]> {
  const times = shops.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [place, { link, queries }] of shops.entries()) {
      const from = performance.now();
      await ask(link, queries.get(name)?.sql ?? '');
      times[place]?.push(performance.now() - from);
    }
  }
  return times.map((own) => percentile(own, 0.5));
}

/**
 * The rows that the server reads are its own count, so a busy machine changes nothing. The times of all lists together
 * are compared too.
 *
 * Seen red: with columns of 512 bytes, two indexes of five fields are too long for the server to know their order.
 */
export const R43 = bar({
  proves:
    'in a large shop on a server every list runs on its own index, sorts nothing, and reads no more than twice what it reads in a small one',
  flags: { small: 10_000, orders: 100_000, products: 1_000 },
  brief: { small: 500, orders: 2_000, products: 33 },
  engines: ['mysql'],
  run: async ({ seed, flags, note }) => {
    const { small, orders, products } = flags;
    const administrator = await Administrator.connect();
    const [first, second] = [await makeDatabase(administrator), await makeDatabase(administrator)];
    const shops: GrownShop[] = [];
    try {
      const grown = { url: first.url, orders: small, products, seed, nowMs: Date.now() };
      shops.push(await openGrown(first, () => growServer(grown)));
      note(`${small} orders are there`);
      const times = orders / small;
      const filled = (table: string, rows: number) => note(`${table} has ${rows}`);
      let documents = 0;
      const fill = async () => {
        documents = await multiply({ from: first.url, to: second.name, times, filled });
      };
      shops.push(await openGrown(second, fill));
      note(`${orders} orders are there`);
      const [little, large] = shops as [GrownShop, GrownShop];
      const violations: string[] = [];
      let readsMost = 0;
      const sums = [0, 0];
      for (const [name, query] of large.queries) {
        const own = little.queries.get(name);
        if (own === undefined) continue;
        violations.push(...(await wronglyPlanned(large.link, query)));
        const reads = await readsOf(large.link, query);
        readsMost = Math.max(readsMost, reads);
        const mayRead = RATIO_MAX * Math.max(PAGE + 1, await readsOf(little.link, own));
        if (reads > mayRead) violations.push(`${name} reads ${reads} rows, and may read ${mayRead}`);
        const each = await timesOf(shops, name);
        for (const [place, ms] of each.entries()) sums[place] = (sums[place] ?? 0) + ms;
      }
      const timeRatio = (sums[1] ?? 0) / (sums[0] ?? 1);
      if (timeRatio > RATIO_MAX)
        violations.push(`all lists together take ${timeRatio.toFixed(1)} times as long`);
      const measured = {
        ...{ small, orders, documents, lists: large.queries.size, readsMost },
        timeRatio: Math.round(timeRatio * 100) / 100,
        violations: violations.slice(0, 20),
      };
      return { pass: violations.length === 0 && large.queries.size > 100, measured };
    } finally {
      for (const { link } of shops) link.close();
      for (const { drop } of [first, second]) await drop();
      administrator.close();
    }
  },
});
