import * as z from 'zod';
import * as codeBatches from '../../../shared/data/access/codeBatches.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { codeBatchView, withBatchState } from '../../../shared/domain/access/redeemCode.ts';
import { http } from '../../../shared/function.ts';
import { CodeBatchView } from '../../../shared/schemas/access/redeemCode.ts';
import { CodeBatchId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/** Makes every unused code of a batch worthless, for good. Access that was redeemed before stays. Safe to repeat. */
export const disableCodeBatch = http(
  {
    route: 'POST /api/admin/code-batches/{batchId}/disable',
    auth: { may: 'code_batch.disable' },
    input: z.strictObject({ batchId: CodeBatchId, reason: Reason }),
    output: z.object({ batch: CodeBatchView }),
    errors: ['batch.not_found'],
  },
  async ({ input: { batchId, reason }, user, now, ports, requestId }) => {
    const batch = await ports.database.tx(async (tx) => {
      const before = await codeBatches.get(tx, batchId);
      const after = withBatchState(before, 'disabled', now);
      if (after === before) return before;
      await codeBatches.save(tx, before, after);
      await audit.append(tx, {
        id: `code_batch.disable:${batchId}`,
        ...{ actorId: user.id, action: 'code_batch.disable', target: batchId, reason, now, requestId },
        before: { state: before.state },
        after: { state: after.state },
      });
      return after;
    });
    return { batch: codeBatchView(batch) };
  },
);
