import { serverOf } from '../../shared/adapters/mysql/address.ts';
import { openMysql } from '../../shared/adapters/mysql/database.ts';
import { collections } from '../../shared/data/collections.ts';
import { timeMs } from '../../shared/schemas/base.ts';
import { endlessTurn } from '../support/clock.ts';
import { givenTemplate } from '../support/given/coupon.ts';
import { givenCourse } from '../support/given/course.ts';
import { givenLiveGoods } from '../support/given/goods.ts';
import { Administrator, makeDatabase } from '../support/mysql.ts';
import { MysqlProxy } from '../support/mysqlProxy.ts';
import { bar, percentile } from './bar.ts';
import { type During, PLATFORMS, purchase } from './purchase.ts';
import { openShop, type Shop } from './shop.ts';

/** The most round trips that a purchase may take, on either rail. */
const MOST = 120;

/** Whether a packet sets up a connection, which many purchases share. */
const isSetup = (sql: string) => sql.startsWith('SET SESSION');

/** The statements of a purchase, packet by packet, under the call that sent them. */
type Packets = Map<string, string[]>;

/** A shop on a server, with a proxy between that shows each packet. */
interface WatchedShop {
  readonly shop: Shop;
  /** What does one part of a purchase, and keeps its packets. */
  during(packets: Packets): During;
  close(): Promise<void>;
}

async function openWatchedShop(seed: number): Promise<WatchedShop> {
  const administrator = await Administrator.connect();
  const { url, drop } = await makeDatabase(administrator);
  const proxy = await MysqlProxy.open(serverOf(url));
  const through = new URL(url);
  through.host = `127.0.0.1:${proxy.port}`;
  const fixed = { collections, connections: 4, clock: { now: () => timeMs(0) }, loop: endlessTurn };
  const store = (given: { readonly random: () => number }) =>
    openMysql({ ...fixed, ...given, url: through.href });
  const shop = await openShop(seed, undefined, { store });
  return {
    shop,
    during: (packets) => async (name, work) => {
      const from = proxy.packets.length;
      const value = await work();
      const own = proxy.packets.slice(from).filter((sql) => !isSetup(sql));
      packets.set(name, [...(packets.get(name) ?? []), ...own]);
      return value;
    },
    close: async () => {
      await shop.world.close();
      await proxy.close();
      await drop();
      administrator.close();
    },
  };
}

const countOf = (packets: Packets) => [...packets.values()].reduce((sum, own) => sum + own.length, 0);

/**
 * Packets are counted by a proxy before the server, so a repeated one counts too. The first purchase by each rail finds
 * empty caches.
 *
 * Seen red: when each read is a packet of its own and each insert looks first, with 124 and 126. With one of the two it
 * takes 118.
 */
export const R42 = bar({
  proves:
    'a purchase, from the login until all its effects are there, takes at most 120 round trips to the server',
  flags: { purchases: 20 },
  brief: { purchases: 2 },
  engines: ['mysql'],
  run: async ({ seed, flags }) => {
    const watched = await openWatchedShop(seed);
    const { world } = watched.shop;
    const { product } = await givenCourse(world);
    world.xpay.putOnSale(await givenLiveGoods(world, product));
    await givenTemplate(world);
    const counts: Record<string, number[]> = {};
    const parts: Record<string, number> = {};
    for (let n = 0; n < flags.purchases; n += 1) {
      for (const platform of PLATFORMS) {
        const packets: Packets = new Map();
        await purchase(watched.shop, watched.during(packets), { name: `${platform}${n}`, platform });
        counts[platform] = [...(counts[platform] ?? []), countOf(packets)];
        for (const [name, own] of packets) parts[name] = Math.max(parts[name] ?? 0, own.length);
      }
    }
    await watched.close();
    const most = Math.max(...Object.values(counts).flat());
    const roundTrips = Object.fromEntries(
      Object.entries(counts).map(([platform, all]) => [
        platform,
        { first: all[0], later: percentile(all.slice(1), 0.5), most: Math.max(...all) },
      ]),
    );
    return { pass: most > 0 && most <= MOST, measured: { roundTrips, parts } };
  },
});
