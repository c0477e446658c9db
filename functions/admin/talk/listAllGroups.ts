import * as z from 'zod';
import * as groups from '../../../shared/data/talk/groups.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { StaffGroupPage } from '../../../shared/schemas/talk/group.ts';

/** Lists groups in every state, newest first. */
export const listAllGroups = http(
  {
    route: 'GET /api/admin/groups',
    auth: { may: 'group.manage' },
    input: z.strictObject({ limit: PageSize, cursor: Cursor.optional() }),
    output: StaffGroupPage,
    errors: [],
  },
  async ({ input: { limit = 20, cursor = null }, ports }) => {
    const page = await groups.list(ports.database, { limit, cursor });
    return { items: [...page.items], nextCursor: page.nextCursor };
  },
);
