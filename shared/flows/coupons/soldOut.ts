import * as couponStocks from '../../data/coupons/couponStocks.ts';
import { stockIds } from '../../domain/coupons/couponTemplate.ts';
import type { Ports } from '../../ports/ports.ts';
import { SECOND_MS, type TemplateId } from '../../schemas/base.ts';
import type { CouponTemplate } from '../../schemas/coupons/coupon.ts';

const REMEMBERED_MS = 5 * SECOND_MS;

/** The cache key that says whether a template is sold out. */
export function soldOutKey(templateId: TemplateId): string {
  return `couponSoldOut:${templateId}`;
}

/** Whether a template is sold out, as of a few seconds ago. The claim itself decides exactly. */
export function isSoldOut(
  { cache, database }: Pick<Ports, 'cache' | 'database'>,
  template: CouponTemplate,
): Promise<boolean> {
  const look = async () => (await couponStocks.countLeft(database, stockIds(template))) === 0;
  return cache.remember(soldOutKey(template.id), REMEMBERED_MS, look);
}
