/** Trying out a promotion before it is published. */
import * as z from 'zod';
import { TimeMs } from '../base.ts';
import { CouponTemplateDraft } from '../coupons/coupon.ts';
import { OrderLines, Platform } from '../orders/order.ts';
import { CampaignDraft, FlashSaleDraft } from './promotion.ts';

/** An example cart, and the promotions to try on it. */
export const PreviewAsked = z.strictObject({
  lines: OrderLines,
  platform: Platform.default('web'),
  /** The time of the example. What does not run then takes nothing off. */
  atMs: TimeMs,
  /** Whether the example's buyer is a member of the platform. */
  isMember: z.boolean().default(false),
  /** Each as if it were published, in place of the stored one of its id; null for none. */
  campaign: CampaignDraft.nullable().default(null),
  flashSale: FlashSaleDraft.nullable().default(null),
  /** As if the buyer had one of its coupons. */
  coupon: CouponTemplateDraft.nullable().default(null),
});
export type PreviewAsked = z.infer<typeof PreviewAsked>;
