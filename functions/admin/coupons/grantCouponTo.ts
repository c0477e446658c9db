import * as z from 'zod';
import * as couponGrants from '../../../shared/data/coupons/couponGrants.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { couponView } from '../../../shared/domain/coupons/coupon.ts';
import { givenBefore, refuseUnlessGivable } from '../../../shared/domain/coupons/couponTemplate.ts';
import { fail } from '../../../shared/errors.ts';
import { countCoupons } from '../../../shared/flows/coupons/countCoupons.ts';
import { giveCoupon, givenFact } from '../../../shared/flows/coupons/giveCoupon.ts';
import { http } from '../../../shared/function.ts';
import { CouponGrantId, TemplateId, UserId } from '../../../shared/schemas/base.ts';
import { CouponView } from '../../../shared/schemas/coupons/coupon.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

const taken = ['coupon.limit_reached', 'coupon.sold_out', 'coupon.grant_taken'] as const;
const unknown = ['user.not_found', 'staff.not_yourself', 'coupon.not_found', 'coupon.not_claimable'] as const;

/**
 * Gives somebody a coupon of a published template, without regard to its audience or its price in points.
 *
 * It is taken from the stock and counts towards the number that one person may have; `mayExceedLimit` allows more than
 * that number, never more than the stock. A repeat with the same id gives once. Nobody can give to themselves.
 */
export const grantCouponTo = http(
  {
    route: 'POST /api/admin/coupons/{templateId}/grant',
    auth: { may: 'coupon.grant', secondFactor: 'fresh' },
    input: z.strictObject({
      ...{ templateId: TemplateId, grantId: CouponGrantId, userId: UserId },
      ...{ mayExceedLimit: z.boolean().default(false), reason: Reason },
    }),
    output: z.object({ coupon: CouponView }),
    errors: [...unknown, ...taken],
  },
  async ({ input, user, now, ports, requestId }) => {
    const { templateId, grantId: id, userId, mayExceedLimit, reason } = input;
    if (userId === user.id) throw fail('staff.not_yourself');
    const coupon = await ports.database.tx(async (tx) => {
      const before = await couponGrants.find(tx, id);
      if (before !== null) return coupons.get(tx, givenBefore(before, { userId, templateId }));
      await users.get(tx, userId);
      const template = await couponTemplates.getPublished(tx, templateId);
      const claimedCount = await countCoupons(tx, templateId, userId);
      refuseUnlessGivable(template, { claimedCount, mayExceedLimit, now });
      const given = await giveCoupon(tx, template, { userId, number: claimedCount + 1, now });
      if (given === null) throw fail('coupon.sold_out');
      const isOverLimit = claimedCount >= template.perUserMax;
      const made = { id, templateId, userId, couponId: given.id, isOverLimit, createdAtMs: now };
      await couponGrants.insert(tx, made);
      await tasks.append(tx, [givenFact(given)], { now, requestId });
      const record = { id: `coupon.grant:${id}`, actorId: user.id, action: 'coupon.grant', target: userId };
      await audit.append(tx, { ...record, reason, before: null, after: made, now, requestId });
      return given;
    });
    return { coupon: couponView(coupon, now) };
  },
);
