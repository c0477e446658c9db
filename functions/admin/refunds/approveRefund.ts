import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as refunds from '../../../shared/data/refunds/refunds.ts';
import { isAgreedBy } from '../../../shared/domain/refunds/refund.ts';
import { agreeToRefund } from '../../../shared/flows/refunds/agreeToRefund.ts';
import { http } from '../../../shared/function.ts';
import { RefundRequestId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { StaffRefundView } from '../../../shared/schemas/refunds/refund.ts';

/**
 * Agrees to a refund that waits for staff. Above a limit, two different people have to agree.
 *
 * Nobody can agree to a refund of their own. Once enough people have agreed, access is taken away and the rail is asked
 * to refund.
 */
export const approveRefund = http(
  {
    route: 'POST /api/admin/refunds/{refundId}/approve',
    auth: { may: 'refund.approve', secondFactor: 'fresh' },
    input: z.strictObject({ refundId: RefundRequestId, reason: Reason }),
    output: z.object({ refund: StaffRefundView }),
    errors: ['refund.not_found', 'refund.not_open', 'refund.same_person', 'refund.too_much'],
  },
  async ({ input: { refundId, reason }, user, now, ports, requestId }) => {
    const refund = await ports.database.tx(async (tx) => {
      const before = await refunds.getAsked(tx, refundId);
      // The answer of the first call was lost, and its caller asks again.
      if (before.state !== 'requested' && isAgreedBy(before, user.id)) return before;
      const order = await orders.get(tx, before.orderId);
      const approval = { by: user.id, reason };
      const after = await agreeToRefund(tx, { refund: before, order }, approval, { now, requestId });
      const states = { before: { state: before.state }, after: { state: after.state } };
      const what = { action: 'refund.approve', target: refundId, reason, ...states, now, requestId };
      await audit.append(tx, { id: `refund.approve:${refundId}:${user.id}`, actorId: user.id, ...what });
      return after;
    });
    return { refund };
  },
);
