import { couponGrantRequested } from '../../events/couponGrantRequested.ts';
import * as coupons from '../../shared/data/coupons/coupons.ts';
import * as couponTemplates from '../../shared/data/coupons/couponTemplates.ts';
import * as users from '../../shared/data/identity/users.ts';
import { couponId } from '../../shared/domain/coupons/couponTemplate.ts';
import { giveCoupon } from '../../shared/flows/coupons/giveCoupon.ts';
import { consumer } from '../../shared/function.ts';

/**
 * Gives a user the coupon that was asked for, unless the user has it or none is left.
 *
 * Nothing left, or a template that staff have ended, is no failure: it is written to the log, and the user goes without. When it was asked for counts, so a
 * late message still gives what a claim could no longer get.
 */
export const grantCoupon = consumer({ on: couponGrantRequested }, async ({ data, tx, now, ports }) => {
  const { userId, templateId } = data;
  // Whoever was taken over is somebody else now, who has had a welcome of their own.
  if ((await users.presentIdOf(tx, userId)) !== userId) return;
  const template = await couponTemplates.getPublished(ports.database, templateId);
  if ((await coupons.find(tx, couponId(templateId, userId, 1))) !== null) return;
  const isEnded = template.state === 'ended';
  const coupon = isEnded ? null : await giveCoupon(tx, template, { userId, number: 1, now });
  if (coupon !== null) return;
  ports.log.write('warn', { event: isEnded ? 'coupon.ended' : 'coupon.sold_out', templateId, userId });
});
