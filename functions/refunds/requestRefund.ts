import * as z from 'zod';
import * as refunds from '../../shared/data/refunds/refunds.ts';
import {
  acceptRefundQuote,
  askedBefore,
  refundView,
  refuseAskedTwice,
} from '../../shared/domain/refunds/refund.ts';
import { quoteRefund, refundAsQuoted } from '../../shared/domain/refunds/refundQuote.ts';
import { agreeToRefund } from '../../shared/flows/refunds/agreeToRefund.ts';
import { refundAsked } from '../../shared/flows/refunds/refundAsked.ts';
import { http } from '../../shared/function.ts';
import { Fen, OrderId, RefundRequestId } from '../../shared/schemas/base.ts';
import { RefundProducts, RefundView, RefundWords } from '../../shared/schemas/refunds/refund.ts';

/**
 * Asks for a refund of an order, or of some of its products. `quoteRefund` shows beforehand how much, and who decides.
 *
 * A refund within the policy is approved at once. Staff decide about anything else. The client makes the refund's id
 * and keeps it until it has an answer, so a retry asks once. Approval takes the access away at once; the money is back
 * when the refund's state is `success`.
 */
export const requestRefund = http(
  {
    route: 'POST /api/orders/{orderId}/refunds',
    auth: 'member',
    input: z.strictObject({
      orderId: OrderId,
      refundId: RefundRequestId,
      /** Null for everything that is left of the order. */
      productIds: RefundProducts.nullable(),
      words: RefundWords,
      shownFen: Fen,
    }),
    output: z.object({ refund: RefundView }),
    errors: [
      'order.not_found',
      'order.not_paid',
      'refund.id_taken',
      'refund.already_asked',
      'refund.line_unknown',
      'refund.nothing_left',
      'refund.amount_changed',
      'refund.ask_apple',
    ],
    limit: { max: 20, windowMs: 60_000 },
  },
  async ({ input, user, now, ports, requestId }) => {
    const { orderId, refundId: id, productIds, words, shownFen } = input;
    const refund = await ports.database.tx(async (tx) => {
      const asked = await refundAsked(tx, ports, { orderId, userId: user.id, productIds, now });
      const before = await refunds.find(tx, id);
      const lines = productIds?.map((productId) => ({ productId })) ?? null;
      const same = { orderId, reason: 'buyer', words, refundFen: shownFen, lines } as const;
      if (before !== null) return askedBefore(before, same);
      const quoted = acceptRefundQuote(quoteRefund(asked), shownFen);
      const refund = refundAsQuoted(quoted, { ...asked, id, words });
      refuseAskedTwice(refund, await refunds.ofOrder(ports.database, orderId));
      await refunds.insert(tx, refund);
      if (refund.approvalsNeeded > 0) return refund;
      return agreeToRefund(tx, { refund, order: asked.order }, null, { now, requestId });
    });
    return { refund: refundView(refund) };
  },
);
