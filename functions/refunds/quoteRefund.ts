import * as z from 'zod';
import { quoteRefund as quote } from '../../shared/domain/refunds/refundQuote.ts';
import { refundAsked } from '../../shared/flows/refunds/refundAsked.ts';
import { http } from '../../shared/function.ts';
import { OrderId } from '../../shared/schemas/base.ts';
import { LINES_MAX } from '../../shared/schemas/orders/order.ts';
import { RefundProducts, RefundQuote } from '../../shared/schemas/refunds/refund.ts';

/**
 * Shows what a refund of an order, or of some of its products, would give back, by which rule, and who decides.
 *
 * It changes nothing. `requestRefund` expects the `refundFen` of this answer as `shownFen`.
 */
export const quoteRefund = http(
  {
    route: 'GET /api/orders/{orderId}/refunds/quote',
    auth: 'member',
    input: z.strictObject({
      orderId: OrderId,
      /** Product ids separated by commas. Without it, everything that is left of the order. */
      productIds: z
        .string()
        .max(LINES_MAX * 31)
        .regex(/^[0-9A-Za-z_,]*$/)
        .transform((text) => text.split(','))
        .pipe(RefundProducts)
        .optional(),
    }),
    output: z.object({ quote: RefundQuote }),
    errors: ['order.not_found', 'order.not_paid', 'refund.line_unknown'],
  },
  async ({ input, user, now, ports }) => {
    const { orderId, productIds = null } = input;
    const asked = await ports.database.tx((tx) =>
      refundAsked(tx, ports, { orderId, userId: user.id, productIds, now }),
    );
    return { quote: quote(asked) };
  },
);
