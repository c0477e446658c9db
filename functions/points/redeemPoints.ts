import * as z from 'zod';
import * as redemptions from '../../shared/data/points/redemptions.ts';
import { redeemedBefore } from '../../shared/domain/points/redemption.ts';
import { redeemFor } from '../../shared/flows/points/redeemFor.ts';
import { http } from '../../shared/function.ts';
import { MINUTE_MS, ProductId, RedemptionId, TemplateId } from '../../shared/schemas/base.ts';
import { RedemptionView } from '../../shared/schemas/points/redemption.ts';

/**
 * Spends the caller's points on a coupon, or on a product that has a price in points.
 *
 * The client makes the redemption's id and keeps it until it has an answer, so a retry pays once. One transaction takes
 * the points and gives what they paid for.
 */
export const redeemPoints = http(
  {
    route: 'POST /api/points/redeem',
    auth: 'member',
    /** Exactly one of `templateId` and `productId` is given. */
    input: z.strictObject({
      redemptionId: RedemptionId,
      templateId: TemplateId.optional(),
      productId: ProductId.optional(),
    }),
    output: z.object({ redemption: RedemptionView }),
    errors: [
      'points.redemption_taken',
      'points.not_redeemable',
      'points.not_enough',
      'coupon.not_found',
      'coupon.not_claimable',
      'coupon.limit_reached',
      'coupon.sold_out',
      'product.not_found',
      'product.already_owned',
    ],
    limit: { max: 60, windowMs: MINUTE_MS },
  },
  async ({ input, user: { id: userId, registeredAtMs }, now, ports }) => {
    const { redemptionId, templateId = null, productId = null } = input;
    const redemption = await ports.database.tx(async (tx) => {
      const before = await redemptions.find(tx, redemptionId);
      const asked = { userId, templateId, productId };
      if (before !== null) return redeemedBefore(before, asked);
      const redeemed = await redeemFor(tx, ports.database, {
        ...asked,
        redemptionId,
        registeredAtMs,
        now,
      });
      const made = { id: redemptionId, ...asked, ...redeemed, createdAtMs: now };
      await redemptions.insert(tx, made);
      return made;
    });
    return { redemption };
  },
);
