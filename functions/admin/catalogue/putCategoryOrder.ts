import * as z from 'zod';
import * as categories from '../../../shared/data/catalogue/categories.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { inOrder } from '../../../shared/domain/catalogue/category.ts';
import { http } from '../../../shared/function.ts';
import { CategoryOrder, StaffCategoryView } from '../../../shared/schemas/catalogue/category.ts';

/**
 * Puts the categories in the given order. The request must name all of them, so a caller who did not see a new one is
 * refused. Safe to repeat.
 */
export const putCategoryOrder = http(
  {
    route: 'PUT /api/admin/categories',
    auth: { may: 'category.manage' },
    input: z.strictObject({ ids: CategoryOrder }),
    output: z.object({ items: z.array(StaffCategoryView) }),
    errors: ['category.order_incomplete'],
  },
  async ({ input: { ids }, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    const seen = await categories.inOrder(ports.database);
    await ports.database.tx(async (tx) => {
      const found = await Promise.all(seen.map(({ id }) => categories.find(tx, id)));
      const before = found.filter((category) => category !== null);
      const moved = inOrder(before, ids, now);
      if (moved.length === 0) return;
      await categories.saveEach(tx, before, moved);
      await audit.append(tx, {
        ...{ id: auditId, actorId: user.id, action: 'category.order', target: 'categories', reason: null },
        ...{ before: { ids: before.map(({ id }) => id) }, after: { ids }, now, requestId },
      });
    });
    return { items: [...(await categories.inOrder(ports.database))] };
  },
);
