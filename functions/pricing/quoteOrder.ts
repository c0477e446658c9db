import * as z from 'zod';
import { promotionsFor, quoteLines } from '../../shared/flows/pricing/quoteLines.ts';
import { http } from '../../shared/function.ts';
import { CouponId } from '../../shared/schemas/base.ts';
import { AskedLines, Quote } from '../../shared/schemas/orders/order.ts';

/**
 * Shows what an order would cost and why: what is taken off, and why a coupon or points do not apply. Holds nothing.
 *
 * With `"couponId": "best"` the answer proposes the coupon that takes most off, which the buyer may decline.
 * `createOrder` expects the total of the quote as `shownFen`, with the coupon and the points that the quote names.
 */
export const quoteOrder = http(
  {
    route: 'POST /api/orders/quote',
    auth: 'member',
    input: z.strictObject({
      ...AskedLines.shape,
      couponId: z.union([CouponId, z.literal('best')]).nullable(),
    }),
    output: z.object({ quote: Quote }),
    errors: [
      'feature.off',
      'product.not_found',
      'product.already_owned',
      'order.part_twice',
      'coupon.not_found',
      'order.mixed_rails',
      'order.one_at_a_time',
      'order.too_large',
      'order.below_rail_minimum',
    ],
  },
  async ({ input, user, now, ports, said }) => {
    const asked = { ...input, userId: user.id, said, now };
    const promotions = await promotionsFor(ports.database, asked);
    const { quote } = await ports.database.tx((tx) => quoteLines(tx, ports, promotions, asked));
    return { quote };
  },
);
