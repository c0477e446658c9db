import * as z from 'zod';
import { quoteCart } from '../shared/flows/quoteCart.ts';
import { http } from '../shared/function.ts';
import { CouponId } from '../shared/schemas/base.ts';
import { OrderLines, Quote } from '../shared/schemas/order.ts';

/**
 * Says what an order would cost, and why: what was taken off, and why a coupon does not apply. Holds nothing.
 *
 * The total it answers is what `createOrder` wants to hear as `shownFen`.
 */
export const quoteOrder = http(
  {
    route: 'POST /api/orders/quote',
    auth: 'member',
    input: z.strictObject({ lines: OrderLines, couponId: CouponId.nullable() }),
    output: z.object({ quote: Quote }),
    errors: ['product.not_found', 'product.already_owned', 'coupon.not_found'],
  },
  async ({ input, user, now, ports }) => {
    const { quote } = await ports.database.tx((tx) => quoteCart(tx, { ...input, userId: user.id, now }));
    return { quote };
  },
);
