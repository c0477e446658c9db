import type { CloudbaseSimulator } from '../../../local/simulators/tencent/cloudbase.ts';
import { openCloudbase } from '../../../shared/adapters/cloudbase/database.ts';
import { collections } from '../../../shared/data/collections.ts';
import { DEFAULT_TALK } from '../../../shared/domain/talk/talk.ts';
import { readManifest } from '../../../tools/manifest.ts';
import { PLATFORMS, purchase } from '../../bars/purchase.ts';
import { openShop } from '../../bars/shop.ts';
import { endlessTurn } from '../../support/clock.ts';
import { makeCloudbase, pauseOverTurns } from '../../support/cloudbase.ts';
import { givenTemplate } from '../../support/given/coupon.ts';
import { givenCourse } from '../../support/given/course.ts';
import { givenLiveGoods } from '../../support/given/goods.ts';
import { seed } from '../../support/seeded.ts';
import { ALL_ON } from '../../support/settings.ts';

/** What is asked of an environment. It has a quota of reads, and one of writes. */
interface Calls {
  readonly reads: number;
  readonly writes: number;
  readonly all: number;
}

const READS = ['getDocument'];
const WRITES = ['insertDocument', 'modifyDocument', 'modifyAndReturnDoc', 'removeDocument'];

function callsOf({ calls }: CloudbaseSimulator): Calls {
  const of = (actions: Iterable<string>) =>
    [...actions].reduce((sum, action) => sum + (calls.get(action) ?? 0), 0);
  return { reads: of(READS), writes: of(WRITES), all: of(calls.keys()) };
}

/** How often a day a cron of seven fields comes due, beginning with the second. */
function timesADay(cron: string): number {
  const [second = '', minute = '', hour = ''] = cron.split(' ');
  const times = (field: string, all: number) => {
    if (field === '*') return all;
    if (field.startsWith('*/')) return all / Number(field.slice(2));
    const [from, to = from] = field.split('-').map(Number);
    return field.includes('-') ? Number(to) - Number(from) + 1 : field.split(',').length;
  };
  return times(second, 60) * times(minute, 60) * times(hour, 24);
}

async function openCloudShop() {
  const { simulator, client } = makeCloudbase();
  const fixed = { ...client, collections, pause: pauseOverTurns, loop: endlessTurn };
  const shop = await openShop(seed, undefined, { store: (given) => openCloudbase({ ...fixed, ...given }) });
  const { product } = await givenCourse(shop.world);
  shop.world.xpay.putOnSale(await givenLiveGoods(shop.world, product));
  await givenTemplate(shop.world);
  return { simulator, shop };
}

/** The figures of `docs/PRODUCTION.md`. */
test('a purchase, from the login until all its effects are there, asks for so much and no more', async () => {
  const { simulator, shop } = await openCloudShop();
  const counted: Record<string, Calls> = {};
  for (const name of ['first', 'second']) {
    for (const platform of PLATFORMS) {
      simulator.calls.clear();
      await purchase(shop, (_, work) => work(), { name: `${name}-${platform}`, platform });
      counted[platform] = callsOf(simulator);
    }
  }
  await shop.world.close();
  for (const platform of PLATFORMS) {
    const { reads, writes, all } = counted[platform] ?? { reads: 0, writes: 0, all: 0 };
    expect([platform, reads > 90, reads <= 117]).toEqual([platform, true, true]);
    expect([platform, writes > 50, writes <= 70]).toEqual([platform, true, true]);
    // The others begin and end transactions.
    expect([platform, all - reads - writes <= 30]).toEqual([platform, true]);
  }
});

test.each([
  ['where everything is on', ALL_ON, [85_000, 95_000]],
  ['where nobody talks', DEFAULT_TALK, [65_000, 79_000]],
] as const)(
  'the timers of a shop where nobody buys, %s, ask for so much a day',
  async (_, talk, [least, most]) => {
    const { simulator, shop } = await openCloudShop();
    Object.assign(shop.world.ports.settings, { talk });
    const { functions } = await readManifest();
    let [reads, writes] = [0, 0];
    for (const { own } of functions) {
      if (own.kind !== 'timer') continue;
      // The second time, what the first has left to do is done.
      await shop.world.run(own);
      simulator.calls.clear();
      await shop.world.run(own);
      const calls = callsOf(simulator);
      reads += calls.reads * timesADay(own.contract.cron);
      writes += calls.writes * timesADay(own.contract.cron);
    }
    await shop.world.close();
    expect(reads).toBeGreaterThan(least);
    expect(reads).toBeLessThan(most);
    expect(writes).toBe(0);
  },
);
