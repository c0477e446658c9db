import { createOrder } from '../../functions/createOrder.ts';
import { getOrder } from '../../functions/getOrder.ts';
import { DEFAULT_SELLING } from '../../shared/domain/selling.ts';
import type { BasisPoints } from '../../shared/schemas/base.ts';
import { fen } from '../../shared/schemas/base.ts';
import { givenCouponOf, givenProduct, orderFor } from '../support/given.order.ts';
import { givenPoints } from '../support/given.points.ts';
import { bar } from './bar.ts';
import { openShop } from './shop.ts';

const settings = {
  corsOrigins: [],
  trustedProxies: 0,
  busPushKey: null,
  selling: { ...DEFAULT_SELLING, pointsShareMax: 10_000 as BasisPoints },
};

/** Seen red: with the branch for nothing to pay taken out of `placeHolding` the orders stay pending (I8). */
export const R22 = bar({
  proves:
    'orders with nothing to pay are paid once however often they are asked for, and no rail hears of them',
  flags: { orders: 30, retries: 20 },
  run: async ({ seed, flags }) => {
    const shop = await openShop(seed, { conflict: 0.1, commitLost: 0.05 }, { settings });
    const { world } = shop;
    const violations: string[] = [];
    for (let n = 0; n < flags.orders; n += 1) {
      const buyer = await shop.buyer(`buyer${n}`);
      const product = await givenProduct(world);
      const byCoupon = n % 2 === 0;
      const coupon = byCoupon
        ? await givenCouponOf(world, buyer.userId, { rule: { kind: 'fixed', offFen: fen(product.listFen) } })
        : null;
      if (!byCoupon) await givenPoints(world, buyer.userId, product.listFen);
      const points = byCoupon ? 0 : product.listFen;
      const platform = n % 3 === 0 ? 'ios' : n % 3 === 1 ? 'android' : 'web';
      const asked = { ...orderFor(world, [product], coupon), platform, points, shownFen: 0 };
      const answers = await Promise.all(
        Array.from({ length: flags.retries }, () => world.call(createOrder, asked, buyer)),
      );
      for (const { status, body } of answers)
        if (status !== 200) violations.push(`order ${n} was answered ${JSON.stringify(body).slice(0, 200)}`);
      await world.drain();
      const { order } = (await world.call(getOrder, { orderId: asked.orderId }, buyer)).data;
      if (order.state !== 'paid' || order.rail !== 'zero') violations.push(`order ${n} is ${order.state}`);
    }
    await shop.rest(20);
    violations.push(...(await shop.audit(true)));
    const heard = world.wechatPay.books().orders.length + world.xpay.books().orders.length;
    const measured = { orders: flags.orders, railsHeardOf: heard, violations: violations.slice(0, 20) };
    return { pass: violations.length === 0 && heard === 0, measured };
  },
});
