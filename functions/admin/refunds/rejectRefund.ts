import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as refunds from '../../../shared/data/refunds/refunds.ts';
import { rejectRefund as reject } from '../../../shared/domain/refunds/refund.ts';
import { http } from '../../../shared/function.ts';
import { RefundRequestId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { StaffRefundView } from '../../../shared/schemas/refunds/refund.ts';

/** Rejects a refund that waits for staff. The buyer reads the reason, keeps the access, and may ask again. */
export const rejectRefund = http(
  {
    route: 'POST /api/admin/refunds/{refundId}/reject',
    auth: { may: 'refund.approve' },
    input: z.strictObject({ refundId: RefundRequestId, reason: Reason }),
    output: z.object({ refund: StaffRefundView }),
    errors: ['refund.not_found', 'refund.not_open'],
  },
  async ({ input: { refundId, reason }, user, now, ports, requestId }) => {
    const refund = await ports.database.tx(async (tx) => {
      const before = await refunds.getAsked(tx, refundId);
      if (before.rejected?.by === user.id && before.rejected.reason === reason) return before;
      const after = reject(before, { by: user.id, reason }, now);
      await refunds.save(tx, before, after);
      const states = { before: { state: before.state }, after: { state: after.state } };
      const what = { action: 'refund.reject', target: refundId, reason, ...states, now, requestId };
      await audit.append(tx, { id: `refund.reject:${refundId}`, actorId: user.id, ...what });
      return after;
    });
    return { refund };
  },
);
