import * as couponStocks from '../../data/coupons/couponStocks.ts';
import { stockIds } from '../../domain/coupons/couponTemplate.ts';
import type { Ports } from '../../ports/ports.ts';
import { SECOND_MS, type TemplateId } from '../../schemas/base.ts';
import type { CouponTemplate } from '../../schemas/coupons/coupon.ts';

const REMEMBERED_MS = 5 * SECOND_MS;

/** Under which key of the cache it is whether a template is sold out. */
export function soldOutKey(templateId: TemplateId): string {
  return `couponSoldOut:${templateId}`;
}

/** Whether a template is sold out: it may be a few seconds old, and claiming decides. */
export function isSoldOut(
  { cache, database }: Pick<Ports, 'cache' | 'database'>,
  template: CouponTemplate,
): Promise<boolean> {
  const look = async () => (await couponStocks.countLeft(database, stockIds(template))) === 0;
  return cache.remember(soldOutKey(template.id), REMEMBERED_MS, look);
}
