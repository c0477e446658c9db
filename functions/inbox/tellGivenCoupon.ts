import { couponGiven } from '../../events/couponGiven.ts';
import { leaveMessage } from '../../shared/flows/inbox/leaveMessage.ts';
import { consumer } from '../../shared/function.ts';

/** Tells somebody of a coupon that they were given. One that they took themselves is not told. */
export const tellGivenCoupon = consumer({ on: couponGiven }, async (call) => {
  const { couponId, userId, title, expiresAtMs } = call.data;
  await leaveMessage(call, {
    userId,
    cause: `coupon_given:${couponId}`,
    subject: { kind: 'coupon_given', title, expiresAtMs },
  });
});
