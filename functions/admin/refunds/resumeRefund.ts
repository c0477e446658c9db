import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as cases from '../../../shared/data/operations/cases.ts';
import * as refunds from '../../../shared/data/refunds/refunds.ts';
import { closeCase } from '../../../shared/domain/identity/staff.ts';
import { behindCase } from '../../../shared/domain/refunds/refundCase.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { Refund, StaffRefundView } from '../../../shared/schemas/refunds/refund.ts';

/**
 * Lets a refund continue that is on hold because the rail shows that more has gone back than our books say. Staff have
 * seen at the merchant's console that nothing has: a refund by hand has failed, for example. It closes the case about
 * the hold, and the rail is asked at the next try. A repeat changes nothing: the first reason stays.
 */
export const resumeRefund = http(
  {
    route: 'POST /api/admin/refunds/{refundId}/resume',
    auth: { may: 'refund.approve', secondFactor: 'fresh' },
    input: z.strictObject({ refundId: Refund.shape.id, reason: Reason }),
    output: z.object({ refund: StaffRefundView }),
    errors: ['refund.not_found', 'refund.not_open', 'refund.not_held'],
  },
  async ({ input: { refundId, reason }, user, now, ports, requestId }) => {
    const refund = await ports.database.tx(async (tx) => {
      const held = await refunds.getAsked(tx, refundId);
      if (held.state !== 'approved') throw fail('refund.not_open', { params: { state: held.state } });
      const before = await cases.find(tx, behindCase(held));
      if (before === null) throw fail('refund.not_held');
      const after = closeCase(before, { by: user.id, resolution: reason, atMs: now });
      if (after === before) return held;
      await cases.save(tx, before, after);
      const states = { before, after, now, requestId };
      const what = { action: 'refund.resume', target: refundId, reason, ...states };
      await audit.append(tx, { id: `refund.resume:${refundId}`, actorId: user.id, ...what });
      return held;
    });
    return { refund };
  },
);
