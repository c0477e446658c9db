import * as z from 'zod';
import { examplePromotions, exampleQuote } from '../../../shared/flows/pricing/exampleQuote.ts';
import { http } from '../../../shared/function.ts';
import { Quote } from '../../../shared/schemas/orders/order.ts';
import { PreviewAsked } from '../../../shared/schemas/pricing/preview.ts';

/**
 * Shows what an example cart would cost at a time, with a campaign, a flash sale or a coupon that is not published yet.
 *
 * Its buyer is somebody new, who owns nothing and has no points. All seats of flash sales count as free. Holds nothing,
 * and stores nothing.
 */
export const previewQuote = http(
  {
    route: 'POST /api/admin/quotes/preview',
    auth: { may: 'promotion.create' },
    input: PreviewAsked,
    output: z.object({ quote: Quote }),
    errors: [
      'product.not_found',
      'order.part_twice',
      'order.mixed_rails',
      'order.one_at_a_time',
      'order.too_large',
      'order.below_rail_minimum',
    ],
  },
  async ({ input, ports }) => {
    const promotions = await examplePromotions(ports.database, input);
    const quote = await ports.database.tx((tx) => exampleQuote(tx, ports, promotions, input));
    return { quote };
  },
);
