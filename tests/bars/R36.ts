import { grantEntitlement } from '../../functions/access/grantEntitlement.ts';
import { sweepTasks } from '../../functions/operations/sweepTasks.ts';
import { watchWaiting } from '../../functions/operations/watchWaiting.ts';
import { closeExpiredOrders } from '../../functions/orders/closeExpiredOrders.ts';
import { syncPayments } from '../../functions/payments/syncPayments.ts';
import { submitRefund } from '../../functions/refunds/submitRefund.ts';
import { consumers } from '../../shared/consumers.ts';
import { fail } from '../../shared/errors.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/schemas/base.ts';
import { askBack } from '../support/given/refund.ts';
import type { World, WorldOptions } from '../support/world.ts';
import { Export } from './auditor.ts';
import { bar } from './bar.ts';
import { openShop, type Shop } from './shop.ts';

/** The sweep runs a late task itself after 30 seconds; one more sweep may pass until then. */
const AT_RAIL_MAX_MS = 40 * SECOND_MS;
const SWEEP_EVERY_MS = 5 * SECOND_MS;
const DAY_HOURS = 24;

/** A shop whose broker drops the messages of some topics. */
async function openDeaf(seed: number, isDeaf: (topic: string) => boolean): Promise<Shop> {
  const shop = await openShop(seed);
  const { bus } = shop.world;
  const ring = bus.ring.bind(bus);
  bus.ring = (rings) => ring(rings.filter(({ topic }) => !isDeaf(topic)));
  return shop;
}

/** Some buyers have paid and ask for full refunds. */
async function askForRefunds(shop: Shop, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const buyer = await shop.buyer(`buyer${n}`);
    const order = await shop.order(buyer);
    await shop.pay(buyer, order);
    await shop.world.drain();
    const { data } = await askBack(shop.world, buyer, order, order.payableFen);
    ids.push(data.refund.id);
  }
  return ids;
}

/** How long it takes until the rail has every approved refund; null for more than five minutes. */
async function msUntilAtRail(shop: Shop, ids: readonly string[]): Promise<number | null> {
  const { world } = shop;
  const isThere = () => {
    const known = new Set(world.wechatPay.books().refunds.map(({ refundNumber }) => refundNumber));
    return ids.every((id) => known.has(id));
  };
  for (let ms = 0; ms <= 5 * MINUTE_MS; ms += SWEEP_EVERY_MS) {
    if (isThere()) return ms;
    world.clock.advance(SWEEP_EVERY_MS);
    await world.run(sweepTasks);
    await world.drain();
  }
  return null;
}

/** Runs with a broker that drops this topic. Answers what is wrong. */
async function deafFor(seed: number, refunds: number, topic: string | null): Promise<string[]> {
  const shop = await openDeaf(seed, (each) => topic === null || each === topic);
  const name = topic ?? 'everything';
  const ids = await askForRefunds(shop, refunds);
  const ms = await msUntilAtRail(shop, ids);
  const isLate = ms === null || ms > AT_RAIL_MAX_MS;
  await shop.rest(20);
  const wrong = await shop.audit(true);
  return [
    ...(isLate ? [`deaf for ${name}: the rail had the refunds after ${ms} ms`] : []),
    ...wrong.map((one) => `deaf for ${name}: ${one}`),
  ];
}

/** The ways in which a consumer can be broken. */
const BROKEN = {
  'has a bug': async () => Promise.reject(new TypeError('broken')),
  'is told to wait for ever': async () => Promise.reject(fail('pay.unavailable')),
  hangs: () => new Promise<never>(() => undefined),
} as const;

/** Runs a timer, and goes on even if it never ends. */
async function runFor(world: World, timer: Parameters<World['run']>[0]): Promise<void> {
  const ended = world.run(timer).catch(() => undefined);
  const turns = async () => {
    for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
  };
  await Promise.race([ended, turns()]);
}

/** Runs with a broken consumer. Answers after how many hours staff knew of each waiting thing; null for never. */
async function hoursUntilTold(
  seed: number,
  broken: NonNullable<WorldOptions['consumers']>,
): Promise<number | null> {
  const shop = await openShop(seed, undefined, { consumers: broken });
  const { world } = shop;
  world.bus.ring = async () => undefined;
  await askForRefunds(shop, 2);
  for (let minutes = 0; minutes <= 2 * DAY_HOURS * 60; minutes += 10) {
    const store = await Export.of(world.ports.database.exportAll());
    const told = new Set(
      store.all('cases').flatMap(({ state, id }) => (state === 'open' ? [String(id)] : [])),
    );
    const names = Object.keys(broken);
    const waiting = store.all('tasks').filter(({ consumer }) => names.includes(String(consumer)));
    const isTold = ({ id, consumer, event }: (typeof waiting)[number]) => {
      const { refundId } = (event as { data: { refundId?: string } }).data;
      const about = refundId === undefined ? `waiting:task:${id}` : `waiting:refund:${refundId}`;
      return told.has(about) || [...told].some((each) => each.includes(`_dead:${consumer}:`));
    };
    if (waiting.length > 0 && waiting.every(isTold)) return minutes / 60;
    world.clock.advance(10 * MINUTE_MS);
    for (const timer of [sweepTasks, syncPayments, closeExpiredOrders, watchWaiting])
      await runFor(world, timer);
  }
  return null;
}

/**
 * Recovery must not use the part that has failed.
 *
 * Seen red: with a sweep that only rings, the rail never gets the refunds. With a sweep that sets `dueFirstAtMs` to
 * now, staff never learn of tasks that wait for ever.
 */
export const R36 = bar({
  proves:
    'with a broker that is deaf for one topic or all, what was agreed to reaches the rail within a minute; with a consumer that is broken, staff know within a day',
  flags: { refunds: 4 },
  brief: {},
  run: async ({ seed, flags, note }) => {
    const violations: string[] = [];
    for (const topic of [...Object.keys(consumers), null]) {
      violations.push(...(await deafFor(seed, flags.refunds, topic)));
      note(`deaf for ${topic ?? 'everything'}: ${violations.length} violations so far`);
    }
    const toldAfterHours: Record<string, number | null> = {};
    for (const [how, run] of Object.entries(BROKEN)) {
      const told = {
        submitRefund: await hoursUntilTold(seed, { submitRefund: { ...submitRefund, run } }),
        grantEntitlement: await hoursUntilTold(seed, { grantEntitlement: { ...grantEntitlement, run } }),
      };
      for (const [name, hours] of Object.entries(told)) {
        toldAfterHours[`${name} ${how}`] = hours;
        if (hours === null || hours * HOUR_MS > DAY_HOURS * HOUR_MS)
          violations.push(`${name} ${how}: told after ${hours} hours`);
      }
      note(`${how}: ${JSON.stringify(told)}`);
    }
    return { pass: violations.length === 0, measured: { toldAfterHours, violations } };
  },
});
