import * as z from 'zod';
import { event } from '../shared/event.ts';
import { CouponId, TimeMs, UserId } from '../shared/schemas/base.ts';

/**
 * Somebody got a coupon that they did not take themselves: a welcome, or a present of the staff. Key: the coupon's id.
 */
export const couponGiven = event({
  name: 'coupon.given',
  version: 1,
  schema: z.object({ couponId: CouponId, userId: UserId, title: z.string().max(120), expiresAtMs: TimeMs }),
  example: {
    couponId: 'cpn_01JD0000000000000000000006_01JD0000000000000000000001_1',
    userId: 'usr_01JD0000000000000000000001',
    title: '新人券',
    expiresAtMs: 1_795_600_000_000,
  },
});
