import * as coupons from '../../data/coupons/coupons.ts';
import { couponId } from '../../domain/coupons/couponTemplate.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { TemplateId, UserId } from '../../schemas/base.ts';
import { PER_USER_MAX } from '../../schemas/coupons/coupon.ts';

/**
 * How many of a template's coupons the user has been given, by claims, points and staff. Their numbers have no gaps,
 * so binary search finds the last one in seven reads.
 */
export async function countCoupons(tx: Tx, templateId: TemplateId, userId: UserId): Promise<number> {
  let [has, hasNot] = [0, PER_USER_MAX + 1];
  while (hasNot - has > 1) {
    const middle = Math.floor((has + hasNot) / 2);
    if ((await coupons.find(tx, couponId(templateId, userId, middle))) === null) hasNot = middle;
    else has = middle;
  }
  return has;
}

/** The number of the user's next coupon of a template. @throws coupon.limit_reached when all numbers are used up */
export async function nextNumber(tx: Tx, templateId: TemplateId, userId: UserId): Promise<number> {
  const count = await countCoupons(tx, templateId, userId);
  if (count >= PER_USER_MAX) throw fail('coupon.limit_reached');
  return count + 1;
}
