import * as z from 'zod';
import * as coupons from '../../shared/data/coupons/coupons.ts';
import { couponView } from '../../shared/domain/coupons/coupon.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { CouponPage, CouponState } from '../../shared/schemas/coupons/coupon.ts';

/**
 * Lists the caller's own coupons: all of them, newest first, or those of one state.
 *
 * With a state, available coupons come soonest end first, the others latest end first. A coupon whose end has passed is
 * shown as `expired` at once, and is listed under that state within minutes. If a coupon is used or given back while
 * the pages of one state are read, it may appear twice or be missed.
 */
export const listMyCoupons = http(
  {
    route: 'GET /api/me/coupons',
    auth: 'member',
    input: z.strictObject({ state: CouponState.optional(), cursor: Cursor.optional(), limit: PageSize }),
    output: CouponPage,
    errors: [],
  },
  async ({ input, user, now, ports }) => {
    const { items, nextCursor } = await coupons.ofUser(ports.database, {
      userId: user.id,
      state: input.state ?? null,
      now,
      limit: input.limit ?? 20,
      cursor: input.cursor ?? null,
    });
    return { items: items.map((coupon) => couponView(coupon, now)), nextCursor };
  },
);
