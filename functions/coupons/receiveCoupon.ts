import * as z from 'zod';
import * as coupons from '../../shared/data/coupons/coupons.ts';
import * as couponTemplates from '../../shared/data/coupons/couponTemplates.ts';
import { couponView } from '../../shared/domain/coupons/coupon.ts';
import {
  couponId,
  refuseUnlessClaimable,
  whyNotClaimable,
} from '../../shared/domain/coupons/couponTemplate.ts';
import { fail } from '../../shared/errors.ts';
import { claimerOf } from '../../shared/flows/coupons/claimerOf.ts';
import { giveCoupon } from '../../shared/flows/coupons/giveCoupon.ts';
import { http } from '../../shared/function.ts';
import { MINUTE_MS, TemplateId } from '../../shared/schemas/base.ts';
import { CouponNumber, CouponView } from '../../shared/schemas/coupons/coupon.ts';

/**
 * Claims a coupon for the caller.
 *
 * `number` says which of a template's coupons the caller claims: 1 by default, otherwise `claimedCount` of
 * `listCoupons` plus 1. So a double click or a retry gets the same coupon, as it is by now, and never a second one.
 * Numbers cannot be skipped.
 */
export const receiveCoupon = http(
  {
    route: 'POST /api/coupons/receive',
    auth: 'member',
    input: z.strictObject({ templateId: TemplateId, number: CouponNumber.optional() }),
    output: z.object({ coupon: CouponView }),
    errors: ['coupon.not_found', 'coupon.not_claimable', 'coupon.limit_reached', 'coupon.sold_out'],
    limit: { max: 60, windowMs: MINUTE_MS },
  },
  async ({ input: { templateId, number = 1 }, user, now, ports }) => {
    const template = await couponTemplates.getPublished(ports.database, templateId);
    const coupon = await ports.database.tx(async (tx) => {
      const claimed = await coupons.find(tx, couponId(templateId, user.id, number));
      if (claimed !== null) return claimed;
      const who = { userId: user.id, registeredAtMs: user.registeredAtMs, claimedCount: number - 1, now };
      const claimer = await claimerOf(tx, template, who);
      refuseUnlessClaimable(whyNotClaimable(template, { claimer, isSoldOut: false, now }));
      const hasGap =
        number > 1 && (await coupons.find(tx, couponId(templateId, user.id, number - 1))) === null;
      if (hasGap) throw fail('coupon.not_claimable', { params: { reason: 'out_of_turn' } });
      return giveCoupon(tx, template, { userId: user.id, number, now });
    });
    if (coupon === null) throw fail('coupon.sold_out');
    return { coupon: couponView(coupon, now) };
  },
);
