import * as z from 'zod';
import * as codeBatches from '../../../shared/data/access/codeBatches.ts';
import { codeBatchView } from '../../../shared/domain/access/redeemCode.ts';
import { http } from '../../../shared/function.ts';
import { CodeBatchPage } from '../../../shared/schemas/access/redeemCode.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';

/** The page size when the request gives no `limit`. */
const PAGE_SIZE = 20;

/** Lists the batches of redeem codes, newest first. It never shows the codes themselves. */
export const listCodeBatches = http(
  {
    route: 'GET /api/admin/code-batches',
    auth: { may: 'code_batch.view' },
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: CodeBatchPage,
    errors: [],
  },
  async ({ input, ports }) => {
    const limit = input.limit ?? PAGE_SIZE;
    const page = await codeBatches.list(ports.database, { limit, cursor: input.cursor ?? null });
    return { items: page.items.map(codeBatchView), nextCursor: page.nextCursor };
  },
);
