import { sweepTasks } from '../../functions/operations/sweepTasks.ts';
import { closeExpiredOrders } from '../../functions/orders/closeExpiredOrders.ts';
import { payOrder } from '../../functions/payments/payOrder.ts';
import { syncPayments } from '../../functions/payments/syncPayments.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import { DEFAULT_PACES } from '../../shared/domain/payments/pace.ts';
import { PAY_WINDOW_MS } from '../../shared/domain/pricing/pricing.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/schemas/base.ts';
import type { Buyer } from '../support/given/order.ts';
import { Export } from './auditor.ts';
import { bar } from './bar.ts';
import { openShop, type Shop } from './shop.ts';

/** A person may have 20 unpaid orders at most. */
const ORDERS_EACH = 20;
/** The calls that the rail accepts in a second. */
const LIMIT = 20;
/** The calls for one order: one query and one close. */
const CALLS_OF_ORDER = 2;
/**
 * The longest allowed time, as a multiple of the time that the rail's limit alone needs. The product has to find out
 * the limit.
 */
const LONGER_MAX = 4;
/**
 * The pace of the shop that stood still, in calls a second. It is below the rail's limit, even with queries and closes
 * together.
 */
const PACE = 8;
const BACKLOG_SHARE = 0.75;
const STOP_MS = 6 * HOUR_MS;
/**
 * A payment whose notice was lost is queried about 30 seconds after it was opened, by a timer that runs every 30
 * seconds.
 */
const PROMPT_MS = 90 * SECOND_MS;
const FRESH_EVERY_MS = 10 * SECOND_MS;
/** The most places by which orders that are closed concurrently may overtake each other. */
const OUT_OF_TURN_MAX = 16;
const GIVES_UP_AFTER_MS = 24 * HOUR_MS;

/** Opens orders that nobody pays, and lets time pass until they are overdue and longer. */
async function leaveOverdue(shop: Shop, count: number, stopMs: number): Promise<string[]> {
  const { world } = shop;
  const ids: string[] = [];
  const buyers: Buyer[] = [];
  const needed = Math.ceil(count / ORDERS_EACH);
  for (let n = 0; n < needed; n += 1) buyers.push(await shop.buyer(`buyer${n}`));
  for (let n = 0; n < count; n += 1) {
    const buyer = buyers[n % needed] as Buyer;
    const order = await shop.order(buyer);
    const { status } = await world.call(payOrder, { orderId: order.id }, { token: buyer.token });
    if (status !== 200) throw new Error(`${order.id} was not opened`);
    ids.push(order.id);
    // Slowly enough that no rate limit refuses a call.
    world.clock.advance(50);
  }
  world.clock.advance(PAY_WINDOW_MS + stopMs);
  // A run ends before the next minute begins.
  world.clock.advance(MINUTE_MS - (world.clock.now() % MINUTE_MS));
  return ids;
}

/** Runs work at fixed times, whether or not the last run is over. Time passes for all of them together. */
async function every(shop: Shop, periodMs: number, isOver: () => boolean, work: () => Promise<unknown>) {
  const { world } = shop;
  const running: Promise<unknown>[] = [];
  while (!isOver()) {
    running.push(work());
    await world.ports.pause(periodMs - (world.clock.now() % periodMs));
  }
  await Promise.all(running);
}

/** Buys something whose notice is lost, and waits until it is settled. Answers how long it took. */
async function buyUntold(shop: Shop, buyer: Buyer): Promise<number> {
  const { world } = shop;
  const order = await shop.order(buyer);
  const paidAtMs = world.clock.now();
  // The rail may refuse to open a payment at the moment, so the buyer tries again.
  while (!(await shop.pay(buyer, order))) await world.ports.pause(SECOND_MS);
  const state = async () => (await world.ports.database.find(orders.collection, order.id))?.state;
  while ((await state()) !== 'paid') {
    if (world.clock.now() > paidAtMs + HOUR_MS) break;
    await world.ports.pause(SECOND_MS);
  }
  return world.clock.now() - paidAtMs;
}

/** Closes overdue orders with the real timers, while buyers go on paying. */
async function workOff(shop: Shop, ids: readonly string[], note: (text: string) => void) {
  const { world } = shop;
  const buyer = await shop.buyer('fresh');
  const startedAtMs = world.clock.now();
  const freshMs: number[] = [];
  const overdue = new Set(ids);
  const isTooLong = () => world.clock.now() > startedAtMs + GIVES_UP_AFTER_MS;
  const isOver = () => overdue.size === 0 || isTooLong();
  let buying = 0;
  const isAllOver = () => isTooLong() || (overdue.size === 0 && buying === 0);
  const buy = async () => {
    buying += 1;
    freshMs.push(await buyUntold(shop, buyer));
    buying -= 1;
  };
  const asked: string[] = [];
  let lastAtMs = startedAtMs;
  const handle = world.wechatPay.handle.bind(world.wechatPay);
  world.wechatPay.handle = (request) => {
    const answer = handle(request);
    const [, id = ''] = /out-trade-no\/([^/?]+)\?/.exec(request.path) ?? [];
    if (answer?.status === 200 && overdue.delete(id)) asked.push(id);
    if (ids.length === asked.length && lastAtMs === startedAtMs) lastAtMs = world.clock.now();
    return answer;
  };
  world.wechatPay.faults.shares.lose = 1;
  const say = async () =>
    note(`${overdue.size} overdue after ${Math.round((world.clock.now() - startedAtMs) / SECOND_MS)} s`);
  await Promise.all([
    every(shop, MINUTE_MS, isAllOver, () => world.run(closeExpiredOrders)),
    every(shop, 30 * SECOND_MS, isAllOver, () => world.run(syncPayments)),
    every(shop, 5 * SECOND_MS, isAllOver, () => world.run(sweepTasks)),
    every(shop, FRESH_EVERY_MS, isOver, buy),
    every(shop, MINUTE_MS, isOver, say),
  ]);
  const store = await Export.of(world.ports.database.exportAll());
  const places = new Map(ids.map((id, place) => [id, place]));
  return {
    seconds: (lastAtMs - startedAtMs) / SECOND_MS,
    left: ids.filter((id) => store.find('orders', id)?.state !== 'closed').length,
    outOfTurnMax: asked.reduce((most, id, n) => Math.max(most, Math.abs((places.get(id) ?? 0) - n)), 0),
    triesMax: ids.reduce((most, id) => Math.max(most, Number(store.find('orders', id)?.closeTries ?? 0)), 0),
    fresh: freshMs.length,
    freshSecondsMax: freshMs.reduce((most, ms) => Math.max(most, ms), 0) / SECOND_MS,
    refused: world.wechatPay.limit.refusedCount,
    busiestSecond: world.wechatPay.limit.busiestSecond,
  };
}

/**
 * A try counts only if the question was really asked, and questions have a pace.
 *
 * Seen red: with rails without a pace, both backlogs take seventeen times as long as needed. When `syncPayments` also
 * asks about orders that are being closed, fresh payments wait for minutes and orders are left over.
 */
export const R37 = bar({
  proves:
    'a rail that limits its rate is asked at its pace: a backlog is closed in what that takes, the oldest first, each asked once, and fresh payments settle meanwhile',
  flags: { overdue: 300, orders: 1_500 },
  run: async ({ seed, flags, note }) => {
    const unknown = await openShop(seed);
    const few = await leaveOverdue(unknown, flags.overdue, 0);
    unknown.world.wechatPay.limit.perSecondMax = LIMIT;
    const found = await workOff(unknown, few, (text) => note(`of ${flags.overdue}: ${text}`));
    const neededSeconds = (flags.overdue * CALLS_OF_ORDER) / LIMIT;

    const paces = { ...DEFAULT_PACES, 'wxpay.query': PACE, 'wxpay.close': PACE };
    const stopped = await openShop(seed, undefined, { settings: { paces } });
    const many = await leaveOverdue(stopped, flags.orders, STOP_MS);
    stopped.world.wechatPay.limit.perSecondMax = LIMIT;
    const worked = await workOff(stopped, many, (text) => note(`of ${flags.orders}: ${text}`));
    const pacedSeconds = flags.orders / (PACE * BACKLOG_SHARE);

    const violations = [
      found.left + worked.left > 0 && 'orders are left',
      found.seconds > LONGER_MAX * neededSeconds && `${found.seconds} s for what takes ${neededSeconds} s`,
      worked.seconds > 1.3 * pacedSeconds + 60 && `${worked.seconds} s at a pace of ${pacedSeconds} s`,
      worked.seconds < 0.9 * pacedSeconds && `faster than the pace: ${worked.seconds} s`,
      worked.outOfTurnMax > OUT_OF_TURN_MAX && `an order came ${worked.outOfTurnMax} places out of turn`,
      Math.max(found.triesMax, worked.triesMax) > 1 && 'orders were asked about again',
      worked.refused > 0 && `${worked.refused} calls were too many`,
      worked.freshSecondsMax * SECOND_MS > PROMPT_MS && `a fresh payment took ${worked.freshSecondsMax} s`,
      worked.fresh < 3 && 'nobody bought meanwhile',
    ].filter((one) => one !== false);
    return {
      pass: violations.length === 0,
      measured: { neededSeconds, found, pacedSeconds, worked, violations },
    };
  },
});
