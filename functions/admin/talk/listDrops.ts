import * as z from 'zod';
import * as drops from '../../../shared/data/talk/drops.ts';
import { staffDropsOf } from '../../../shared/flows/talk/staffDropsOf.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { StaffDropPage } from '../../../shared/schemas/talk/drop.ts';

/** Lists all drops, newest first, with how many of each were claimed by now. */
export const listDrops = http(
  {
    route: 'GET /api/admin/drops',
    auth: { may: 'drop.view' },
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: StaffDropPage,
    errors: [],
  },
  async ({ input: { cursor = null, limit = 20 }, ports: { database } }) => {
    const page = await drops.list(database, { limit, cursor });
    return { items: await staffDropsOf(database, page.items), nextCursor: page.nextCursor };
  },
);
