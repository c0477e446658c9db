import * as z from 'zod';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import { refuseUnlessDraft } from '../../../shared/domain/coupons/couponTemplate.ts';
import { keepRemoved } from '../../../shared/flows/operations/removeDraft.ts';
import { http } from '../../../shared/function.ts';
import { QueryVersion, TemplateId } from '../../../shared/schemas/base.ts';

/** Removes a coupon template that was never published. The audit log keeps it, and its id cannot be used again. */
export const removeCouponTemplateDraft = http(
  {
    route: 'DELETE /api/admin/coupons/{templateId}',
    auth: { may: 'coupon.create' },
    input: z.strictObject({ templateId: TemplateId, expectedVersion: QueryVersion }),
    output: z.object({ templateId: TemplateId }),
    errors: ['coupon.not_found', 'coupon.not_draft', 'coupon.version_changed'],
  },
  async ({ input: { templateId, expectedVersion }, ports, ...call }) => {
    await ports.database.tx(async (tx) => {
      const draft = await couponTemplates.get(tx, templateId);
      refuseUnlessDraft(draft, expectedVersion);
      await couponTemplates.remove(tx, templateId);
      await keepRemoved(tx, call, { action: 'coupon.remove', id: templateId, draft });
    });
    return { templateId };
  },
);
