import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as refunds from '../../../shared/data/refunds/refunds.ts';
import { mayDo } from '../../../shared/domain/identity/permission.ts';
import { askedBefore, refundOfLines } from '../../../shared/domain/refunds/refund.ts';
import { fail } from '../../../shared/errors.ts';
import { agreeToRefund } from '../../../shared/flows/refunds/agreeToRefund.ts';
import { refundAsked } from '../../../shared/flows/refunds/refundAsked.ts';
import { http } from '../../../shared/function.ts';
import { StaffRefundAsked, StaffRefundView } from '../../../shared/schemas/refunds/refund.ts';

/**
 * Gives back money for lines of an order, whatever the policy says: an amount for each line, with its access or
 * without.
 *
 * If the caller may approve refunds, asking counts as their agreement. Above a limit somebody else has to agree too.
 * What another refund asks for that still waits for staff cannot be asked for again: it is approved or rejected first.
 * The client makes the id, so a retry asks once.
 */
export const createRefund = http(
  {
    route: 'POST /api/admin/orders/{orderId}/refunds',
    auth: { may: 'refund.create', secondFactor: 'fresh' },
    input: StaffRefundAsked,
    output: z.object({ refund: StaffRefundView }),
    errors: [
      'order.not_found',
      'order.not_paid',
      'refund.id_taken',
      'refund.line_unknown',
      'refund.too_much',
      'refund.same_person',
      'refund.ask_apple',
    ],
  },
  async ({ input, user, now, ports, requestId }) => {
    const { orderId, refundId: id, lines, reason } = input;
    const refund = await ports.database.tx(async (tx) => {
      const before = await refunds.find(tx, id);
      if (before !== null) return askedBefore(before, { orderId, reason: 'staff', words: reason, lines });
      const productIds = lines.map((line) => line.productId);
      const of = await refundAsked(tx, ports, { orderId, userId: null, productIds, now });
      if (!of.mayRefund) throw fail('refund.ask_apple');
      const others = await refunds.ofOrder(ports.database, orderId);
      const asked = refundOfLines({ id, ...of, others, lines, words: reason, reason: 'staff', now });
      await refunds.insert(tx, asked);
      const deal = { refund: asked, order: of.order };
      const by = { by: user.id, reason };
      const isAgreed = mayDo(user.role, 'refund.approve');
      const made = isAgreed ? await agreeToRefund(tx, deal, by, { now, requestId }) : asked;
      await audit.append(tx, {
        id: `refund.create:${id}`,
        ...{ actorId: user.id, action: 'refund.create', target: orderId, reason, now, requestId },
        ...{ before: null, after: { id, lines, state: made.state, approvals: made.approvals } },
      });
      return made;
    });
    return { refund };
  },
);
