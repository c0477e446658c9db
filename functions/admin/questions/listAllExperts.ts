import * as z from 'zod';
import * as experts from '../../../shared/data/questions/experts.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { StaffExpertPage } from '../../../shared/schemas/questions/expert.ts';

/** Lists experts in every state with what they offer and what of it waits for staff, newest first. */
export const listAllExperts = http(
  {
    route: 'GET /api/admin/experts',
    auth: { may: 'expert.approve' },
    input: z.strictObject({ limit: PageSize, cursor: Cursor.optional() }),
    output: StaffExpertPage,
    errors: [],
  },
  async ({ input: { limit = 20, cursor = null }, ports }) => {
    const page = await experts.list(ports.database, { limit, cursor });
    return { items: [...page.items], nextCursor: page.nextCursor };
  },
);
