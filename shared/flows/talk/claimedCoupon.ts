import * as coupons from '../../data/coupons/coupons.ts';
import * as drops from '../../data/talk/drops.ts';
import type { Reader } from '../../ports/database.ts';
import type { DropId, UserId } from '../../schemas/base.ts';
import type { Coupon } from '../../schemas/coupons/coupon.ts';

/** The coupon that a user claimed of a drop, as it is now; null for none. */
export async function claimedCoupon(
  reader: Pick<Reader, 'find'>,
  dropId: DropId,
  userId: UserId,
): Promise<Coupon | null> {
  const claim = await drops.findClaim(reader, dropId, userId);
  return claim === null ? null : coupons.get(reader, claim.couponId);
}
