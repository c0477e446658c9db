import { couponGiven } from '../../../events/couponGiven.ts';
import * as couponStocks from '../../data/coupons/couponStocks.ts';
import * as coupons from '../../data/coupons/coupons.ts';
import { issueCoupon, stockIdsFor, takeOne } from '../../domain/coupons/couponTemplate.ts';
import { fact } from '../../event.ts';
import type { Tx } from '../../ports/database.ts';
import type { DropId, TimeMs, UserId } from '../../schemas/base.ts';
import type { Coupon, CouponTemplate } from '../../schemas/coupons/coupon.ts';
import { noteOwner } from '../identity/noteOwner.ts';

/**
 * Gives a user the coupon with this number (from 1) of a template, taken from its stock in the same transaction;
 * null when nothing is left. The caller checks that the user may have it and does not have it yet.
 *
 * Empty shards are only peeked at, so a rush on a sold-out template causes no conflicts. A user who asks while staff
 * add stock may still be told that nothing is left.
 */
export async function giveCoupon(
  tx: Tx,
  template: CouponTemplate,
  to: {
    readonly userId: UserId;
    readonly number: number;
    /** The drop for which it was set aside. From what everybody may take when left out. */
    readonly dropId?: DropId;
    readonly now: TimeMs;
  },
): Promise<Coupon | null> {
  const { dropId = null } = to;
  for (const id of stockIdsFor(template, to.userId)) {
    const seen = await couponStocks.peek(tx, id);
    if (seen === null || takeOne(seen, dropId) === null) continue;
    const stock = await couponStocks.find(tx, id);
    const taken = stock === null ? null : takeOne(stock, dropId);
    if (taken === null) continue;
    const coupon = issueCoupon(template, to);
    await noteOwner(tx, to.userId, to.now);
    await couponStocks.save(tx, stock, taken);
    await coupons.insert(tx, coupon);
    return coupon;
  }
  return null;
}

/** The fact that somebody got a coupon that they did not take themselves. */
export function givenFact({ id: couponId, userId, title, expiresAtMs }: Coupon) {
  return fact(couponGiven, couponId, { couponId, userId, title, expiresAtMs });
}
