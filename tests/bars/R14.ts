import { reconcile } from '../../functions/books/reconcile.ts';
import { expireCoupons } from '../../functions/coupons/expireCoupons.ts';
import { checkInvariants } from '../../functions/operations/checkInvariants.ts';
import { removeEnded } from '../../functions/operations/removeEnded.ts';
import { sweepTasks } from '../../functions/operations/sweepTasks.ts';
import { syncGoods } from '../../functions/operations/syncGoods.ts';
import { closeExpiredOrders } from '../../functions/orders/closeExpiredOrders.ts';
import { createOrder } from '../../functions/orders/createOrder.ts';
import { payOrder } from '../../functions/payments/payOrder.ts';
import { syncPayments } from '../../functions/payments/syncPayments.ts';
import { expirePoints } from '../../functions/points/expirePoints.ts';
import { payRewards } from '../../functions/points/payRewards.ts';
import type { TimerFunction } from '../../shared/function.ts';
import { DAY_MS, MINUTE_MS } from '../../shared/schemas/base.ts';
import { givenProduct } from '../support/given/course.ts';
import { givenCouponOf, orderFor } from '../support/given/order.ts';
import { askBack } from '../support/given/refund.ts';
import { Export } from './auditor.ts';
import { bar } from './bar.ts';
import { openShop, type Shop } from './shop.ts';

const OFTEN = [closeExpiredOrders, syncPayments, sweepTasks];
const SELDOM = [expireCoupons, expirePoints, payRewards, removeEnded, reconcile, syncGoods, checkInvariants];
/** The kinds of orders. From `untold` on, the notices of a kind are lost. */
const KINDS = ['told', 'given back', 'untold', 'untold xpay', 'left', 'left xpay', 'never opened'] as const;

/** Opens one order of each kind, and answers their ids. Only the first two kinds get a notice of their payment. */
async function openOrders(shop: Shop, turn: number): Promise<string[]> {
  const { world } = shop;
  const buyer = await shop.buyer(`buyer${turn}`);
  const ids: string[] = [];
  for (const kind of KINDS) {
    const isLost = kind !== 'told' && kind !== 'given back';
    world.wechatPay.faults.shares.lose = isLost ? 1 : 0;
    world.xpay.faults.shares.lose = isLost ? 1 : 0;
    if (kind === 'never opened') {
      const coupon = await givenCouponOf(world, buyer.userId);
      const asked = orderFor(world, [await givenProduct(world)], coupon);
      ids.push((await world.call(createOrder, asked, { token: buyer.token })).data.order.id);
      continue;
    }
    const order = await shop.order(buyer, kind.endsWith('xpay') ? { platform: 'android' } : {});
    ids.push(order.id);
    if (kind.startsWith('left')) await world.call(payOrder, { orderId: order.id }, { token: buyer.token });
    else if (!(await shop.pay(buyer, order))) throw new Error(`${order.id} was not paid`);
    if (!isLost) await world.drain();
    if (kind === 'given back') {
      world.wechatPay.faults.shares.lose = 1;
      const { status } = await askBack(world, buyer, order, order.payableFen);
      if (status !== 200) throw new Error(`${order.id} did not go back: ${status}`);
    }
  }
  return ids;
}

/**
 * The parts of the final state that must not depend on how often timers ran: by the position of each order, and as
 * counts for documents without a stable name.
 */
async function endOf(shop: Shop, ids: readonly string[]): Promise<string> {
  const store = await Export.of(shop.world.ports.database.exportAll());
  const orders = ids.map((id) => {
    const { state, refundedFen, refundingFen, revoked } = store.find('orders', id) ?? {};
    return [state, refundedFen, refundingFen, (revoked as string[]).length];
  });
  const count = (collection: string, field?: string) => {
    const counts: Record<string, number> = {};
    for (const doc of store.all(collection)) {
      const key = field === undefined ? 'all' : String(doc[field]);
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return [collection, Object.entries(counts).sort()];
  };
  const points = store.all('pointsAccounts').map(({ available, held, debt }) => [available, held, debt]);
  const books = shop.books();
  return JSON.stringify([
    orders,
    points.sort(),
    ['payments', 'refunds', 'coupons', 'tasks'].map((name) => count(name, 'state')),
    [count('receipts', 'kind'), count('pointsEntries', 'cause'), count('cases', 'kind')],
    ['journal', 'entitlements', 'audit'].map((name) => count(name)),
    books.transactions.length,
    books.refunds.length,
  ]);
}

/** Counts how often WeChat Pay is asked to close each order, whatever it answers. */
function countCloses({ world: { wechatPay } }: Shop): ReadonlyMap<string, number> {
  const closes = new Map<string, number>();
  const handle = wechatPay.handle.bind(wechatPay);
  wechatPay.handle = (request) => {
    const [, order] = /out-trade-no\/([^/?]+)\/close/.exec(request.path) ?? [];
    if (order !== undefined) closes.set(order, (closes.get(order) ?? 0) + 1);
    return handle(request);
  };
  return closes;
}

/** Runs the whole life of the same orders, with `overlap` concurrent runs of each timer. */
async function live(seed: number, turns: number, rounds: number, overlap: number) {
  // Each call yields to the event loop and some transactions run again, so the runs interleave in many ways.
  const shop = await openShop(seed, { conflict: 0.1, latencyMs: { from: 0, to: 1 } });
  const closes = countCloses(shop);
  const ids: string[] = [];
  for (let turn = 0; turn < turns; turn += 1) ids.push(...(await openOrders(shop, turn)));
  const { world } = shop;
  const runs = { count: 0, failed: 0 };
  const overlapping = async (timers: readonly TimerFunction[]) => {
    const all = timers.flatMap((timer) => Array.from({ length: overlap }, () => world.run(timer)));
    const ends = await Promise.allSettled(all);
    runs.count += ends.length;
    runs.failed += ends.filter(({ status }) => status === 'rejected').length;
  };
  world.bus.faults.loss = 0.3;
  for (let round = 0; round < rounds; round += 1) {
    await world.drain();
    world.clock.advance(MINUTE_MS);
    await overlapping(OFTEN);
  }
  for (let day = 0; day < 2; day += 1) {
    world.clock.advance(DAY_MS);
    await overlapping(SELDOM);
    await overlapping(OFTEN);
    await world.drain();
  }
  await shop.rest(20);
  const violations = await shop.audit(true);
  return { end: await endOf(shop, ids), closesMax: Math.max(0, ...closes.values()), runs, violations };
}

/**
 * All runs are in one process. The tests of the database cover several processes that share a file.
 *
 * Seen red: with a database that drops the write by which an order begins to close, the rail is asked twenty times to
 * close it, and the order stays open.
 */
export const R14 = bar({
  proves:
    'each timer, twenty times at once, leaves what one run leaves, and closes no order at the rail again',
  flags: { overlap: 20, rounds: 50, turns: 4 },
  run: async ({ seed, flags, note }) => {
    const { overlap, rounds, turns } = flags;
    const alone = await live(seed, turns, rounds, 1);
    note(`alone: ${alone.runs.count} runs`);
    const { end, closesMax, runs, violations } = await live(seed, turns, rounds, overlap);
    const isSame = end === alone.end;
    if (!isSame) violations.push(`it ended as ${end}, alone as ${alone.end}`);
    violations.push(...alone.violations.map((one) => `alone: ${one}`));
    const measured = { runs: runs.count, failedRuns: runs.failed, isSame, closesMax, violations };
    return { pass: violations.length === 0 && closesMax <= 2 && runs.failed === 0, measured };
  },
});
