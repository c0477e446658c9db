import * as z from 'zod';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { draftTemplate } from '../../../shared/domain/coupons/couponTemplate.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { CouponTemplateDraft, StaffCouponTemplateView } from '../../../shared/schemas/coupons/coupon.ts';

/**
 * Creates a coupon template as a draft, which only staff see before `publishCouponTemplate`.
 *
 * The client makes the template's id and keeps it until it has an answer. A repeat with the same id and the same
 * content answers the same template, in whatever state it is by then.
 */
export const createCouponTemplate = http(
  {
    route: 'POST /api/admin/coupons',
    auth: { may: 'coupon.create' },
    input: CouponTemplateDraft,
    output: z.object({ template: StaffCouponTemplateView }),
    errors: ['coupon.template_taken'],
  },
  async ({ input, user, now, ports, requestId }) => {
    const draftDigest = ports.secrets.digest('coupon.draft', JSON.stringify(input));
    const template = await ports.database.tx(async (tx) => {
      const before = await couponTemplates.find(tx, input.id);
      if (before?.draftDigest === draftDigest) return before;
      if (before !== null || (await audit.wasRemoved(tx, input.id))) throw fail('coupon.template_taken');
      const draft = draftTemplate(input, draftDigest, now);
      await couponTemplates.insert(tx, draft);
      await audit.append(tx, {
        id: `coupon.create:${input.id}`,
        actorId: user.id,
        action: 'coupon.create',
        target: input.id,
        reason: null,
        before: null,
        after: input,
        now,
        requestId,
      });
      return draft;
    });
    return { template };
  },
);
