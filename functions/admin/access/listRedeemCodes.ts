import * as z from 'zod';
import * as codeBatches from '../../../shared/data/access/codeBatches.ts';
import * as redeemCodes from '../../../shared/data/access/redeemCodes.ts';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { http } from '../../../shared/function.ts';
import { RedeemCodePage } from '../../../shared/schemas/access/redeemCode.ts';
import { CodeBatchId, Cursor, PageSize } from '../../../shared/schemas/base.ts';

/** The page size when the request gives no `limit`. */
const PAGE_SIZE = 20;

/** Lists the codes of a batch by their numbers: which were used, by whom and when. The audit log records who looked. */
export const listRedeemCodes = http(
  {
    route: 'GET /api/admin/code-batches/{batchId}/codes',
    auth: { may: 'code_batch.view' },
    input: z.strictObject({ batchId: CodeBatchId, cursor: Cursor.optional(), limit: PageSize }),
    output: RedeemCodePage,
    errors: ['batch.not_found'],
  },
  async (call) => {
    const { input, ports } = call;
    await codeBatches.get(ports.database, input.batchId);
    const limit = input.limit ?? PAGE_SIZE;
    const asked = { limit, cursor: input.cursor ?? null };
    const page = await redeemCodes.ofBatch(ports.database, input.batchId, asked);
    await logReading(call, { action: 'code_batch.view', target: input.batchId, reason: null });
    return { items: [...page.items], nextCursor: page.nextCursor };
  },
);
