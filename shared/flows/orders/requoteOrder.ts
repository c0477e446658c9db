import { pointsOf } from '../../domain/orders/order.ts';
import { requote } from '../../domain/pricing/pricing.ts';
import { floorOf } from '../../domain/pricing/selling.ts';
import type { Tx } from '../../ports/database.ts';
import type { CouponId, TimeMs } from '../../schemas/base.ts';
import type { Coupon } from '../../schemas/coupons/coupon.ts';
import type { Order, Quote } from '../../schemas/orders/order.ts';
import type { Selling } from '../../schemas/pricing/selling.ts';
import { availablePoints } from '../points/pointsMoves.ts';

/**
 * The price of a pending order with another coupon. It uses the order's own lines, never today's catalogue. It uses
 * as many of the order's held points as are still allowed.
 */
export async function requoteOrder(
  tx: Pick<Tx, 'find'>,
  selling: Selling,
  order: Order,
  change: { readonly couponId: CouponId | null; readonly coupon: Coupon | null; readonly now: TimeMs },
): Promise<Quote> {
  const { couponId, coupon, now } = change;
  const { userId, platform, rail } = order;
  const held = pointsOf(order);
  return requote(order, {
    couponChoice: couponId === null ? { kind: 'none' } : { kind: 'this', id: couponId, coupon },
    pointsAsked: held,
    pointsAvailable: held === 0 ? 0 : held + (await availablePoints(tx, userId, now)),
    pointsShareMax: selling.pointsShareMax,
    // An order that cost nothing is already paid, so a pending order has a rail that moves money.
    floor: floorOf(rail === 'xpay' ? 'xpay' : 'wxpay', platform, selling),
    combinations: selling.combinations,
    userId,
    now,
  });
}
