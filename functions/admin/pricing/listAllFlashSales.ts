import * as z from 'zod';
import * as flashSales from '../../../shared/data/pricing/flashSales.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { StaffFlashSalePage } from '../../../shared/schemas/pricing/promotion.ts';

/** Lists flash sales in every state, the latest end first. */
export const listAllFlashSales = http(
  {
    route: 'GET /api/admin/flash-sales',
    auth: { may: 'promotion.view' },
    input: z.strictObject({ limit: PageSize, cursor: Cursor.optional() }),
    output: StaffFlashSalePage,
    errors: [],
  },
  async ({ input: { limit = 20, cursor = null }, ports }) => {
    const page = await flashSales.list(ports.database, { limit, cursor });
    return { items: [...page.items], nextCursor: page.nextCursor };
  },
);
