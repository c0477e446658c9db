import * as z from 'zod';
import * as couponStocks from '../../../shared/data/coupons/couponStocks.ts';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import { countedView } from '../../../shared/domain/coupons/couponTemplate.ts';
import { http } from '../../../shared/function.ts';
import { TemplateId } from '../../../shared/schemas/base.ts';
import { CountedTemplateView } from '../../../shared/schemas/coupons/coupon.ts';

/** Shows staff a coupon template in any state, with how many of its coupons were given out and how many are left. */
export const getCouponTemplate = http(
  {
    route: 'GET /api/admin/coupons/{templateId}',
    auth: { may: 'coupon.view' },
    input: z.strictObject({ templateId: TemplateId }),
    output: z.object({ template: CountedTemplateView }),
    errors: ['coupon.not_found'],
  },
  async ({ input, ports }) => {
    const template = await couponTemplates.get(ports.database, input.templateId);
    return { template: countedView(template, await couponStocks.ofTemplate(ports.database, template)) };
  },
);
