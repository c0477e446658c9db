import * as z from 'zod';
import * as couponStocks from '../../../shared/data/coupons/couponStocks.ts';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { offMaxFen, publishTemplate } from '../../../shared/domain/coupons/couponTemplate.ts';
import { makingValue } from '../../../shared/flows/identity/makingValue.ts';
import { http } from '../../../shared/function.ts';
import { TemplateId } from '../../../shared/schemas/base.ts';
import { StaffCouponTemplateView } from '../../../shared/schemas/coupons/coupon.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/** Publishes a coupon template with its whole stock. Safe to repeat. */
export const publishCouponTemplate = http(
  {
    route: 'POST /api/admin/coupons/{templateId}/publish',
    auth: { may: 'coupon.publish', secondFactor: 'fresh' },
    input: z.strictObject({ templateId: TemplateId, reason: Reason }),
    output: z.object({ template: StaffCouponTemplateView }),
    errors: ['coupon.not_found', 'coupon.not_publishable', 'staff.second_person_needed'],
  },
  async (call) => {
    const { input, user, now, requestId } = call;
    const { templateId: key } = input;
    const act = { action: 'coupon.publish', key } as const;
    const template = await makingValue(call, act, async (tx, spend) => {
      const before = await couponTemplates.get(tx, input.templateId);
      const { template, stocks } = publishTemplate(before, now);
      if (stocks === null) return template;
      await spend('discountFen', template.stock * offMaxFen(template.rule));
      await couponTemplates.save(tx, before, template);
      for (const stock of stocks) await couponStocks.save(tx, null, stock);
      await audit.append(tx, {
        id: `coupon.publish:${template.id}`,
        actorId: user.id,
        action: 'coupon.publish',
        target: template.id,
        reason: input.reason,
        before,
        after: template,
        now,
        requestId,
      });
      return template;
    });
    return { template };
  },
);
