import * as z from 'zod';
import * as couponStocks from '../../../shared/data/coupons/couponStocks.ts';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { addedStock, extendTemplate, offMaxFen } from '../../../shared/domain/coupons/couponTemplate.ts';
import { soldOutKey } from '../../../shared/flows/coupons/soldOut.ts';
import { makingValue } from '../../../shared/flows/identity/makingValue.ts';
import { http } from '../../../shared/function.ts';
import { StaffCouponTemplateView, TemplateExtension } from '../../../shared/schemas/coupons/coupon.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Lets a published coupon be claimed for longer, or adds to its stock. It can never shorten or reduce anything.
 *
 * Coupons that users hold keep their end. Coupons that are claimed from now on get the new one. `expectedVersion` is
 * the version that the caller saw. Repeating the very same change gives the same answer as the first time.
 */
export const extendCouponTemplate = http(
  {
    route: 'POST /api/admin/coupons/{templateId}/extend',
    auth: { may: 'coupon.extend', secondFactor: 'fresh' },
    input: TemplateExtension.extend({ reason: Reason }),
    output: z.object({ template: StaffCouponTemplateView }),
    errors: [
      ...(['coupon.not_found', 'coupon.not_extendable', 'coupon.version_changed'] as const),
      'staff.second_person_needed',
    ],
  },
  async (call) => {
    const {
      input: { reason, ...asked },
      user,
      now,
      ports,
      requestId,
    } = call;
    const { templateId } = asked;
    const key = `${templateId} ${asked.expectedVersion}`;
    const act = { action: 'coupon.extend', key } as const;
    const template = await makingValue(call, act, async (tx, spend) => {
      const before = await couponTemplates.get(tx, templateId);
      const after = extendTemplate(before, asked, now);
      if (after === before) return before;
      await spend('discountFen', (after.stock - before.stock) * offMaxFen(after.rule));
      await couponTemplates.save(tx, before, after);
      for (const { id, count } of addedStock(before, after))
        await couponStocks.add(tx, { id, templateId, count });
      await audit.append(tx, {
        id: `coupon.extend:${templateId}:${after.version}`,
        ...{ actorId: user.id, action: 'coupon.extend', target: templateId, reason, now, requestId },
        ...{ before, after },
      });
      return after;
    });
    await ports.cache.forget(soldOutKey(templateId));
    return { template };
  },
);
