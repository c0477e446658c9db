import { serverOf } from '../../shared/adapters/mysql/address.ts';
import { openMysql } from '../../shared/adapters/mysql/database.ts';
import { Link } from '../../shared/adapters/mysql/link.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { collections } from '../../shared/data/collections.ts';
import { Administrator, describeMysql, type MadeDatabase, makeDatabase } from '../support/mysql.ts';
import { growServer } from './grown.ts';
import { listedQueries, PAGE, readsOf, wronglyPlanned } from './listedQueries.ts';

const ORDERS = 100;

describeMysql('a grown shop on MySQL', () => {
  let administrator: Administrator;
  let made: MadeDatabase;
  let link: Link;

  beforeAll(async () => {
    administrator = await Administrator.connect();
    made = await makeDatabase(administrator);
    const given = { url: made.url, collections, random: () => 0.5, clock: systemClock, connections: 1 };
    await (await openMysql(given)).close();
    const nowMs = Date.UTC(2026, 10, 1);
    await growServer({ url: made.url, orders: ORDERS, products: 33, seed: 1, nowMs });
    link = await Link.connect(serverOf(made.url));
  });
  afterAll(async () => {
    link.close();
    await made.drop();
    administrator.close();
  });

  test('every list of every collection runs on its own index, sorts nothing, and reads little more than its page', async () => {
    const queries = await listedQueries(link);
    const wrong: string[] = [];
    for (const query of queries) {
      wrong.push(...(await wronglyPlanned(link, query)));
      if ((await readsOf(link, query)) > 2 * (PAGE + 1)) wrong.push(`${query.name} reads too much`);
    }
    expect(queries.length).toBeGreaterThan(500);
    expect(wrong).toEqual([]);
  });
});
