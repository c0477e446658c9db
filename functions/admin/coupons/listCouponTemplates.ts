import * as z from 'zod';
import * as couponStocks from '../../../shared/data/coupons/couponStocks.ts';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import { countedView } from '../../../shared/domain/coupons/couponTemplate.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { CountedTemplatePage, TemplateState } from '../../../shared/schemas/coupons/coupon.ts';

/**
 * Lists coupon templates, drafts included, newest first, each with how many coupons were given out and how many are
 * left.
 */
export const listCouponTemplates = http(
  {
    route: 'GET /api/admin/coupons',
    auth: { may: 'coupon.view' },
    input: z.strictObject({ state: TemplateState.optional(), limit: PageSize, cursor: Cursor.optional() }),
    output: CountedTemplatePage,
    errors: [],
  },
  async ({ input: { state = null, limit = 20, cursor = null }, ports }) => {
    const page = await couponTemplates.list(ports.database, state, { limit, cursor });
    const counted = page.items.map(async (template) =>
      countedView(template, await couponStocks.ofTemplate(ports.database, template)),
    );
    return { items: await Promise.all(counted), nextCursor: page.nextCursor };
  },
);
