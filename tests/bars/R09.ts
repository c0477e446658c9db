import { createOrder } from '../../functions/orders/createOrder.ts';
import type { Product } from '../../shared/schemas/catalogue/product.ts';
import { givenProduct } from '../support/given/course.ts';
import { givenCouponOf, orderFor } from '../support/given/order.ts';
import { ENGINES } from '../support/keptStore.ts';
import { Export } from './auditor.ts';
import { bar, lanes, percentile } from './bar.ts';
import { storeOn } from './engineStore.ts';
import { openShop } from './shop.ts';

/**
 * Seen red: when `placeHolding` does not lock the coupon, several orders have it. Both the clients and the export show
 * it.
 */
export const R09 = bar({
  proves:
    'of orders that want the same coupon at the same moment exactly one gets it, and the others hear why they did not',
  flags: { clients: 100, rounds: 50, conflict: 0.3, commitLost: 0.1 },
  brief: { rounds: 5 },
  engines: ENGINES,
  run: async ({ seed, flags, engine, note }) => {
    const { clients, rounds, conflict, commitLost } = flags;
    const shop = await openShop(seed, { conflict, commitLost }, { store: storeOn(engine) });
    const { world } = shop;
    const wanted: Product[] = [];
    for (let n = 0; n < clients; n += 1) wanted.push(await givenProduct(world));
    const violations: string[] = [];
    const tookMs: number[] = [];
    const answers: Record<string, number> = {};
    for (let round = 1; round <= rounds; round += 1) {
      const buyer = await shop.buyer(`buyer${round}`);
      const coupon = await givenCouponOf(world, buyer.userId);
      const statuses = await lanes(wanted, clients, async (product) => {
        const from = performance.now();
        const asked = orderFor(world, [product], coupon);
        const { status, code } = await world.call(createOrder, asked, { token: buyer.token });
        tookMs.push(performance.now() - from);
        const said = `${status} ${code ?? 'ok'}`;
        answers[said] = (answers[said] ?? 0) + 1;
        return status;
      });
      const winners = statuses.filter((status) => status === 200).length;
      const others = statuses.filter((status) => status === 409).length;
      if (winners !== 1 || others !== clients - 1)
        violations.push(`round ${round}: ${winners} won, and ${others} of ${clients - 1} were told why not`);
      const store = await Export.of(world.ports.database.exportAll());
      const holders = store.all('orders').filter((order) => order.couponId === coupon.id);
      const held = store.find('coupons', coupon.id);
      if (holders.length !== 1 || held?.orderId !== holders[0]?.id || held?.state !== 'locked')
        violations.push(
          `round ${round}: ${holders.length} orders have ${coupon.id}, which is ${held?.state}`,
        );
      note(`round ${round}: ${winners} of ${clients}`);
    }
    violations.push(...(await shop.audit()));
    const p99Ms = Math.round(percentile(tookMs, 0.99));
    const measured = { clients, rounds, answers, p99Ms, violations };
    return { pass: violations.length === 0 && p99Ms <= 3_000, measured };
  },
});
