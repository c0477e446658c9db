import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as refunds from '../../../shared/data/refunds/refunds.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { refuseUnlessStuck, toSubmit } from '../../../shared/domain/refunds/refund.ts';
import { fail } from '../../../shared/errors.ts';
import { askRefund, endedUnknown } from '../../../shared/flows/refunds/askRefund.ts';
import { takeBackIfGone } from '../../../shared/flows/refunds/platformRefund.ts';
import { settleRefund } from '../../../shared/flows/refunds/settleRefund.ts';
import { http } from '../../../shared/function.ts';
import type { Tx } from '../../../shared/ports/database.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { Refund, StaffRefundView } from '../../../shared/schemas/refunds/refund.ts';

/**
 * Closes an approved refund that the rail refused or was never asked for. The buyer gets access again. Nobody may be
 * asking the rail at this moment. The rail is asked first: a refund that it knows takes the state that it tells. If the
 * platform gave the money back by itself, the access is taken away again; a repeat looks at that again.
 */
export const closeRefund = http(
  {
    route: 'POST /api/admin/refunds/{refundId}/close',
    auth: { may: 'refund.approve', secondFactor: 'fresh' },
    input: z.strictObject({ refundId: Refund.shape.id, reason: Reason }),
    output: z.object({ refund: StaffRefundView }),
    errors: [
      'refund.not_found',
      'refund.not_open',
      'refund.being_asked',
      'refund.at_rail',
      'pay.unavailable',
    ],
    cost: 'platform',
  },
  async ({ input: { refundId, reason }, user, now, ports, requestId }) => {
    const stuck = async (tx: Tx) => {
      const refund = await refunds.getAsked(tx, refundId);
      if (refund.state !== 'closed') refuseUnlessStuck(refund, await tasks.ofFact(tx, toSubmit(refund)), now);
      return refund;
    };
    const asked = await ports.database.tx(stuck);
    const news = asked.state === 'closed' ? null : await askRefund(ports, asked);
    const refund = await ports.database.tx(async (tx) => {
      const before = await stuck(tx);
      if (before.state === 'closed') return before;
      const told = news ?? endedUnknown(before);
      if ((await settleRefund(tx, told, now)) !== 'advanced')
        throw fail('refund.at_rail', { params: { state: told.state } });
      const after = await refunds.get(tx, refundId);
      // Its state is in the id, as a refund may be closed twice: refused by the rail, then sent by hand there.
      const id = `refund.close:${refundId}:${after.state}`;
      const states = { before: { state: before.state }, after: { state: after.state } };
      const what = { action: 'refund.close', target: refundId, reason, ...states, now, requestId };
      await audit.append(tx, { id, actorId: user.id, ...what });
      return after;
    });
    await takeBackIfGone(ports, refund, now);
    return { refund };
  },
);
