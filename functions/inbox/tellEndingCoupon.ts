import { couponEndNeared } from '../../events/couponEndNeared.ts';
import * as coupons from '../../shared/data/coupons/coupons.ts';
import { leaveMessage } from '../../shared/flows/inbox/leaveMessage.ts';
import { consumer } from '../../shared/function.ts';

/** Tells somebody that a coupon of theirs ends soon. One that was used meanwhile is not told. */
export const tellEndingCoupon = consumer({ on: couponEndNeared }, async (call) => {
  const { couponId, userId, title, expiresAtMs } = call.data;
  const coupon = await coupons.get(call.ports.database, couponId);
  if (coupon.state !== 'available' || expiresAtMs <= call.now) return;
  await leaveMessage(call, {
    userId,
    cause: `coupon_ending:${couponId}`,
    subject: { kind: 'coupon_ending', title, expiresAtMs },
  });
});
