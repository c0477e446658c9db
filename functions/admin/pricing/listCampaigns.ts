import * as z from 'zod';
import * as campaigns from '../../../shared/data/pricing/campaigns.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { StaffCampaignPage } from '../../../shared/schemas/pricing/promotion.ts';

/** Lists campaigns in every state, the latest end first. */
export const listCampaigns = http(
  {
    route: 'GET /api/admin/campaigns',
    auth: { may: 'promotion.view' },
    input: z.strictObject({ limit: PageSize, cursor: Cursor.optional() }),
    output: StaffCampaignPage,
    errors: [],
  },
  async ({ input: { limit = 20, cursor = null }, ports }) => {
    const page = await campaigns.list(ports.database, { limit, cursor });
    return { items: [...page.items], nextCursor: page.nextCursor };
  },
);
