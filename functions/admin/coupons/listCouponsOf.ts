import * as z from 'zod';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import * as users from '../../../shared/data/identity/users.ts';
import { couponView } from '../../../shared/domain/coupons/coupon.ts';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize, UserId } from '../../../shared/schemas/base.ts';
import { CouponPage } from '../../../shared/schemas/coupons/coupon.ts';
import { AnyReason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Lists somebody's coupons for staff, newest first. The audit log records who looked, and the reason if they gave one.
 */
export const listCouponsOf = http(
  {
    route: 'GET /api/admin/users/{userId}/coupons',
    auth: { may: 'user.view' },
    input: z.strictObject({ userId: UserId, reason: AnyReason, cursor: Cursor.optional(), limit: PageSize }),
    output: CouponPage,
    errors: ['user.not_found'],
  },
  async ({ input: { userId, reason, limit = 20, cursor = null }, ports, ...call }) => {
    const { now } = call;
    await users.get(ports.database, userId);
    const page = await coupons.ofUser(ports.database, { userId, state: null, now, limit, cursor });
    await logReading({ ports, ...call }, { action: 'coupon.read', target: userId, reason });
    return { items: page.items.map((coupon) => couponView(coupon, now)), nextCursor: page.nextCursor };
  },
);
