import * as z from 'zod';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { endTemplate } from '../../../shared/domain/coupons/couponTemplate.ts';
import { http } from '../../../shared/function.ts';
import { TemplateId } from '../../../shared/schemas/base.ts';
import { StaffCouponTemplateView } from '../../../shared/schemas/coupons/coupon.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Ends a coupon template early. Nobody can claim or redeem one any more; coupons that users hold stay valid. A claim
 * that is in progress may still get one. Safe to repeat.
 */
export const endCouponTemplate = http(
  {
    route: 'POST /api/admin/coupons/{templateId}/end',
    auth: { may: 'coupon.end' },
    input: z.strictObject({ templateId: TemplateId, reason: Reason }),
    output: z.object({ template: StaffCouponTemplateView }),
    errors: ['coupon.not_found'],
  },
  async ({ input: { templateId, reason }, user, now, ports, requestId }) => {
    const template = await ports.database.tx(async (tx) => {
      const before = await couponTemplates.get(tx, templateId);
      const after = endTemplate(before, now);
      if (after === before) return before;
      await couponTemplates.save(tx, before, after);
      await audit.append(tx, {
        ...{ id: `coupon.end:${templateId}`, actorId: user.id, action: 'coupon.end', target: templateId },
        ...{ reason, before, after, now, requestId },
      });
      return after;
    });
    return { template };
  },
);
