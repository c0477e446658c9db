import { sweepTasks } from '../../functions/operations/sweepTasks.ts';
import { closeExpiredOrders } from '../../functions/orders/closeExpiredOrders.ts';
import { payOrder } from '../../functions/payments/payOrder.ts';
import { syncPayments } from '../../functions/payments/syncPayments.ts';
import { HOUR_MS, MINUTE_MS } from '../../shared/schemas/base.ts';
import { Export } from './auditor.ts';
import { bar } from './bar.ts';
import { openShop, type Shop } from './shop.ts';

const LOST = 0.3;
const TIMERS = [closeExpiredOrders, syncPayments, sweepTasks];

/** Runs work as a process whose clock is ahead by `skewMs`. The platform's clock stays right. */
async function skewed<T>({ world }: Shop, skewMs: number, work: () => Promise<T>): Promise<T> {
  world.clock.advance(skewMs);
  world.wechatPay.skewMs = -skewMs;
  try {
    return await work();
  } finally {
    world.clock.advance(-skewMs);
    world.wechatPay.skewMs = 0;
  }
}

/** By how much orders were closed too early, measured by the right time. */
async function earlyBy(shop: Shop, known: Set<string>): Promise<number[]> {
  const store = await Export.of(shop.world.ports.database.exportAll());
  const early: number[] = [];
  for (const order of store.all('orders')) {
    if (order.state !== 'closed' || known.has(String(order.id))) continue;
    known.add(String(order.id));
    early.push(Number(order.expiresAtMs) - shop.world.clock.now());
  }
  return early;
}

/**
 * Processes take turns on one virtual clock, so each call and each timer sees one of three times. WeChat Pay signs with
 * the right time. The number of successful payments is not judged: at five minutes of skew, WeChat Pay's signatures
 * look too old or too new, and the buyer is asked to retry.
 *
 * Seen red: with timers whose clock is twice as far ahead.
 */
export const R15 = bar({
  proves:
    'with clocks that differ, and jump by an hour, nothing ends early by more than that, and all comes to rest',
  flags: { skew: 300_000, minutes: 90, orders: 60 },
  brief: { orders: 15 },
  run: async ({ seed, flags, note }) => {
    const shop = await openShop(seed);
    const { world } = shop;
    const skews = [-flags.skew, 0, flags.skew];
    const anySkew = () => skews[Math.floor(world.random() * skews.length)] ?? 0;
    for (const rail of [world.wechatPay, world.xpay]) rail.faults.shares.lose = LOST;
    const known = new Set<string>();
    const early: number[] = [];
    let paid = 0;
    let wanted = 0;
    for (let minute = 0; minute < flags.minutes; minute += 1) {
      if (minute < flags.orders) {
        const buyer = await shop.buyer(`buyer${minute % 20}`);
        const platform = minute % 2 === 0 ? ('web' as const) : ('android' as const);
        const order = await skewed(shop, anySkew(), () => shop.order(buyer, { platform }));
        const isPaid = await skewed(shop, anySkew(), async () => {
          if (minute % 3 > 0) return shop.pay(buyer, order);
          await world.call(payOrder, { orderId: order.id }, { token: buyer.token });
          return false;
        });
        if (minute % 3 > 0) wanted += 1;
        if (isPaid) paid += 1;
      }
      await world.drain();
      world.clock.advance(MINUTE_MS);
      for (const timer of TIMERS) await skewed(shop, anySkew(), () => world.run(timer));
      early.push(...(await earlyBy(shop, known)));
    }
    note(`${paid} paid, ${known.size} closed; now an hour is gone at once, and comes back`);
    world.clock.advance(HOUR_MS);
    for (const timer of TIMERS) await world.run(timer);
    world.clock.advance(-HOUR_MS);
    await shop.rest(90);
    const violations = await shop.audit(true);
    const earliestMs = Math.max(0, ...early);
    const measured = { orders: flags.orders, wanted, paid, closed: known.size, earliestMs, violations };
    const isWell = earliestMs <= flags.skew && paid > 0 && known.size > 0;
    return { pass: isWell && violations.length === 0, measured };
  },
});
