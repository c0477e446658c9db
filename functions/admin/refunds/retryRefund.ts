import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as receipts from '../../../shared/data/payments/receipts.ts';
import * as refunds from '../../../shared/data/refunds/refunds.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { leftOfPayment, nextTry } from '../../../shared/domain/refunds/refund.ts';
import { fail } from '../../../shared/errors.ts';
import { bookRefund } from '../../../shared/flows/books/books.ts';
import { http } from '../../../shared/function.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { StaffRefundView } from '../../../shared/schemas/refunds/refund.ts';

/**
 * Asks the rail again to give back money that paid for nothing because it came late or twice.
 *
 * It is for a refund that the rail has closed. The new refund's id is made from the old one's id, so a repeat of this
 * call asks once. It asks only for the amount that is left, because the platform may have given back some of the money
 * by itself.
 */
export const retryRefund = http(
  {
    route: 'POST /api/admin/refunds/{refundId}/retry',
    auth: { may: 'refund.approve', secondFactor: 'fresh' },
    input: z.strictObject({ refundId: z.string().regex(/^r[ls]_[0-9A-Za-z_]{1,29}$/), reason: Reason }),
    output: z.object({ refund: StaffRefundView }),
    errors: ['refund.not_found', 'refund.not_open', 'refund.too_much'],
  },
  async ({ input: { refundId, reason }, user, now, ports, requestId }) => {
    const refund = await ports.database.tx(async (tx) => {
      const closed = await refunds.getAsked(tx, refundId);
      const receipt = await receipts.ofRefund(tx, closed);
      const left = leftOfPayment(receipt, await refunds.ofOrder(ports.database, closed.orderId));
      const { refund: next, facts } = nextTry(closed, left, now);
      const before = await refunds.find(tx, next.id);
      if (before !== null) return before;
      if (left === 0) throw fail('refund.too_much', { params: { leftFen: 0 } });
      await refunds.insert(tx, next);
      await bookRefund(tx, next, now);
      await tasks.append(tx, facts, { now, requestId });
      const states = { before: { refundId }, after: { refundId: next.id } };
      const what = { action: 'refund.retry', target: refundId, reason, ...states, now, requestId };
      await audit.append(tx, { id: `refund.retry:${refundId}`, actorId: user.id, ...what });
      return next;
    });
    return { refund };
  },
);
