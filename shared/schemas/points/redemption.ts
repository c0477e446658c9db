/** Redemptions: what users got for points alone. */
import * as z from 'zod';
import { CouponId, ProductId, RedemptionId, TemplateId, TimeMs, UserId } from '../base.ts';
import { PointsCount } from './points.ts';

/** A stored redemption of a coupon or of a product. Of `templateId` and `productId` one is null. */
export const Redemption = z.object({
  id: RedemptionId,
  userId: UserId,
  templateId: TemplateId.nullable(),
  productId: ProductId.nullable(),
  /** How many points it cost. */
  points: PointsCount,
  /** The coupon that was given; null for a product. */
  couponId: CouponId.nullable(),
  createdAtMs: TimeMs,
});
export type Redemption = z.infer<typeof Redemption>;

/** A redemption as its owner sees it. */
export const RedemptionView = Redemption.omit({ userId: true });
export type RedemptionView = z.infer<typeof RedemptionView>;
