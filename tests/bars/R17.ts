import { setTimeout as sleep } from 'node:timers/promises';
import { createOrder } from '../../functions/orders/createOrder.ts';
import { getOrder } from '../../functions/orders/getOrder.ts';
import { payOrder } from '../../functions/payments/payOrder.ts';
import { checkIn } from '../../functions/points/checkIn.ts';
import { chaosDatabase } from '../../local/database.chaos.ts';
import type { Database } from '../../shared/ports/database.ts';
import { givenProduct } from '../support/given/course.ts';
import { givenLiveGoods } from '../support/given/goods.ts';
import { type Buyer, givenCouponOf, orderFor } from '../support/given/order.ts';
import type { Answer } from '../support/world.ts';
import { bar, lanes, percentile } from './bar.ts';
import { openShop, type Shop } from './shop.ts';
import { operationsOf, wrapped } from './wrapped.ts';

const AT_ONCE = 16;
const RETRIES = 3;
const SLOW_MS = 50;
/** How often the phone looks whether its order is paid: for ten seconds. */
const LOOKS_MAX = 50;
const LOOK_MS = 200;

/** The counts: the runs of each transaction, and the failed answers. */
interface Counted {
  readonly runs: number[];
  readonly refusals: string[];
  retries: number;
}

/** Counts the runs of each transaction. */
function counting(inner: Database, runs: number[]): Database {
  return {
    ...wrapped(inner, (tx, work) => work(tx)),
    tx: async (work) => {
      let count = 0;
      try {
        return await inner.tx((tx) => {
          count += 1;
          return work(tx);
        });
      } finally {
        runs.push(count);
      }
    },
  };
}

/** Makes a share of the reads in transactions slow. */
function slowly(inner: Database, share: number, random: () => number): Database {
  const late = async () => {
    if (random() < share) await sleep(random() * SLOW_MS);
  };
  return wrapped(inner, (tx, work) => {
    const { find, peek, ...writes } = operationsOf(tx);
    return work({
      ...writes,
      find: async (collection, id) => {
        await late();
        return find(collection, id);
      },
      peek: async (collection, id) => {
        await late();
        return peek(collection, id);
      },
    });
  });
}

/** Retries a call as the client does, if it may be retried. Null when it never succeeded. */
async function persist<D>(counted: Counted, ask: () => Promise<Answer<D>>): Promise<Answer<D> | null> {
  for (let retry = 0; retry <= RETRIES; retry += 1) {
    if (retry > 0) counted.retries += 1;
    const answer = await ask();
    if (answer.status === 200) return answer;
    const isSaidWell = answer.status === 409 || (answer.status === 503 && 'retry-after' in answer.headers);
    if (!isSaidWell) counted.refusals.push(`${answer.status} ${answer.code}`);
  }
  return null;
}

/** What one journey does. */
interface Plan {
  readonly buyer: Buyer;
  readonly asked: object;
}

async function planOf(shop: Shop, buyer: Buyer, isXpay: boolean): Promise<Plan> {
  const { world } = shop;
  const product = await givenProduct(world);
  if (isXpay) world.xpay.putOnSale(await givenLiveGoods(world, product));
  const coupon = isXpay ? null : await givenCouponOf(world, buyer.userId);
  const asked = { ...orderFor(world, [product], coupon), platform: isXpay ? 'android' : 'web' };
  return { buyer, asked };
}

/** One whole journey until the buyer sees the order as paid. Answers whether it got that far. */
async function journey(shop: Shop, { buyer, asked }: Plan, counted: Counted): Promise<boolean> {
  const { world } = shop;
  const { token, openid } = buyer;
  await persist(counted, () => world.call(checkIn, {}, { token }));
  const placed = await persist(counted, () => world.call(createOrder, asked, { token }));
  if (placed === null) return false;
  const { order } = placed.data;
  const opened = await persist(counted, () => world.call(payOrder, { orderId: order.id }, { token }));
  if (opened === null) return false;
  const { payment } = opened.data;
  if (payment.rail === 'wxpay') world.wechatPay.phone.pay({ ...payment, openid }, 'confirm');
  else world.xpay.phone.payVirtual({ ...payment, openid, platform: 'android' }, 'confirm');
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    await world.drain();
    const seen = await persist(counted, () => world.call(getOrder, { orderId: order.id }, { token }));
    if (seen?.data.order.state === 'paid') return true;
    await sleep(LOOK_MS);
  }
  return false;
}

/**
 * The same few buyers take part in several journeys at once, so there are real conflicts besides the injected ones.
 * Seen red: with conflicts in three of four runs.
 */
export const R17 = bar({
  proves:
    'with conflicts, lost answers and slow reads at the database, journeys succeed within three retries',
  flags: { journeys: 200, buyers: 12, conflict: 0.3, commitLost: 0.1, slow: 0.05 },
  brief: { journeys: 24 },
  run: async ({ seed, flags, note }) => {
    const { conflict, commitLost, slow } = flags;
    const counted: Counted = { runs: [], refusals: [], retries: 0 };
    let isBad = false;
    const shop = await openShop(seed, undefined, {
      database: (inner, { clock, ids }) => {
        // A number next to 1 never triggers a fault.
        const random = () => (isBad ? ids.random() : 1 - Number.EPSILON);
        const bad = chaosDatabase(slowly(inner, slow, random), { random, clock, conflict, commitLost });
        return counting(bad, counted.runs);
      },
    });
    const buyers: Buyer[] = [];
    for (let n = 0; n < flags.buyers; n += 1) buyers.push(await shop.buyer(`buyer${n}`));
    const plans: Plan[] = [];
    for (let n = 0; n < flags.journeys; n += 1)
      plans.push(await planOf(shop, buyers[n % buyers.length] as Buyer, n % 2 === 1));
    note(`${plans.length} journeys begin`);
    isBad = true;
    counted.runs.length = 0;
    const ends = await lanes(plans, AT_ONCE, (plan) => journey(shop, plan, counted));
    await shop.rest(45);
    const violations = await shop.audit(true);
    const successes = ends.filter((isPaid) => isPaid).length / ends.length;
    const runsP99 = percentile(counted.runs, 0.99);
    const runsMax = Math.max(...counted.runs);
    const { retries, refusals } = counted;
    const transactions = counted.runs.length;
    const measured = { successes, transactions, runsP99, runsMax, retries, refusals, violations };
    const isWell = successes >= 0.99 && refusals.length === 0 && runsP99 <= 6;
    return { pass: isWell && violations.length === 0, measured };
  },
});
