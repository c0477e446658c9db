import * as z from 'zod';
import * as coupons from '../../shared/data/coupons/coupons.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import * as tasks from '../../shared/data/tasks.ts';
import { releaseCoupon } from '../../shared/domain/coupons/coupon.ts';
import { changeCoupon } from '../../shared/domain/orders/holding.ts';
import { acceptQuote, quoteOf, refuseUnlessChangeable } from '../../shared/domain/orders/order.ts';
import { holdingOf, saveHolding } from '../../shared/flows/orders/holdings.ts';
import { requoteOrder } from '../../shared/flows/orders/requoteOrder.ts';
import { http } from '../../shared/function.ts';
import { CouponId, Fen, OrderId } from '../../shared/schemas/base.ts';
import { OrderView } from '../../shared/schemas/orders/order.ts';

/**
 * Puts a coupon on a pending order whose payment has not been opened, replaces it, or (null) takes it off.
 *
 * The order is priced again from its own lines, because its prices were promised when it was placed. The coupon that it
 * held before becomes available again. An order with nothing left to pay becomes paid. Safe to repeat.
 */
export const useCoupon = http(
  {
    route: 'POST /api/coupons/use',
    auth: 'member',
    input: z.strictObject({ orderId: OrderId, couponId: CouponId.nullable(), shownFen: Fen }),
    output: z.object({ order: OrderView }),
    errors: [
      'order.not_found',
      'order.already_paid',
      'order.not_pending',
      'order.expired',
      'order.payment_open',
      'order.price_changed',
      'coupon.not_found',
      'coupon.not_usable',
    ],
  },
  async ({ input, user, now, ports, requestId }) => {
    const { orderId, couponId, shownFen } = input;
    const order = await ports.database.tx(async (tx) => {
      const before = await orders.getOwn(tx, orderId, user.id);
      if (before.couponId === couponId) {
        acceptQuote(quoteOf(before), { couponId, fen: shownFen });
        return before;
      }
      refuseUnlessChangeable(before, now);
      const held = await holdingOf(tx, before);
      const coupon = couponId === null ? null : await coupons.getOwn(tx, couponId, user.id);
      const priced = await requoteOrder(tx, ports.settings.selling, before, { couponId, coupon, now });
      acceptQuote(priced, { couponId, fen: shownFen });
      const { facts, ...changed } = changeCoupon(held, { quote: priced, coupon, now });
      if (held.coupon !== null) {
        await coupons.save(tx, held.coupon, releaseCoupon(held.coupon, { orderId, now }));
      }
      await saveHolding(tx, { ...held, coupon }, changed, now);
      await tasks.append(tx, facts, { now, requestId });
      return changed.order;
    });
    return { order };
  },
);
