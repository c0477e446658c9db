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
 * Asks the rail once more to give back money that paid for nothing (it came late or twice), after the rail has closed
 * the refund before: under the next number, which is made from the one before, so that it is asked for once.
 * Only what is left is asked for: the platform may have given some of it back by itself meanwhile.
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
