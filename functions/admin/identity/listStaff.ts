import * as z from 'zod';
import * as secondFactors from '../../../shared/data/identity/secondFactors.ts';
import * as users from '../../../shared/data/identity/users.ts';
import { staffView } from '../../../shared/domain/identity/staff.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { StaffPage } from '../../../shared/schemas/identity/staff.ts';

/** Lists all staff, newest first, and whether each has turned on a second factor. */
export const listStaff = http(
  {
    route: 'GET /api/admin/staff',
    auth: { may: 'staff.view' },
    input: z.strictObject({ limit: PageSize, cursor: Cursor.optional() }),
    output: StaffPage,
    errors: [],
  },
  async ({ input: { limit = 20, cursor = null }, ports }) => {
    const page = await users.staff(ports.database, { limit, cursor });
    const factors = await secondFactors.findMany(
      ports.database,
      page.items.map(({ id }) => id),
    );
    const byId = new Map(factors.map((factor) => [factor.id, factor]));
    const items = page.items.map((user) => staffView(user, byId.get(user.id) ?? null));
    return { items, nextCursor: page.nextCursor };
  },
);
