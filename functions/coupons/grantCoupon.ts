import { couponGrantRequested } from '../../events/couponGrantRequested.ts';
import * as coupons from '../../shared/data/coupons/coupons.ts';
import * as couponTemplates from '../../shared/data/coupons/couponTemplates.ts';
import * as users from '../../shared/data/identity/users.ts';
import { couponId } from '../../shared/domain/coupons/couponTemplate.ts';
import { giveCoupon, givenFact } from '../../shared/flows/coupons/giveCoupon.ts';
import { consumer } from '../../shared/function.ts';

/**
 * Gives a user the coupon that was asked for, unless the user already has it or none is left.
 *
 * If none is left, or staff have ended the template, this is logged and is no failure. The time of the request counts:
 * a late message still gives a coupon that can no longer be claimed by now.
 */
export const grantCoupon = consumer({ on: couponGrantRequested }, async ({ data, tx, now, ports, emit }) => {
  const { userId, templateId } = data;
  // Another user has taken this one over, and has had a welcome coupon of their own.
  if ((await users.presentIdOf(tx, userId)) !== userId) return;
  const template = await couponTemplates.getPublished(ports.database, templateId);
  if ((await coupons.find(tx, couponId(templateId, userId, 1))) !== null) return;
  const isEnded = template.state === 'ended';
  const coupon = isEnded ? null : await giveCoupon(tx, template, { userId, number: 1, now });
  if (coupon !== null) return emit(givenFact(coupon));
  ports.log.write('warn', { event: isEnded ? 'coupon.ended' : 'coupon.sold_out', templateId, userId });
});
