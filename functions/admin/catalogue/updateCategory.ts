import * as z from 'zod';
import * as categories from '../../../shared/data/catalogue/categories.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { changeCategory } from '../../../shared/domain/catalogue/category.ts';
import { http } from '../../../shared/function.ts';
import { CategoryChange, StaffCategoryView } from '../../../shared/schemas/catalogue/category.ts';
import { Category } from '../../../shared/schemas/catalogue/product.ts';

/**
 * Changes a category's name, or hides or shows it. Products of a hidden category can still be found.
 *
 * `expectedVersion` is the version that the caller saw. Repeating the very same change gives the same answer as the
 * first time.
 */
export const updateCategory = http(
  {
    route: 'PATCH /api/admin/categories/{id}',
    auth: { may: 'category.manage' },
    input: z.strictObject({ id: Category, expectedVersion: z.int().min(1), change: CategoryChange }),
    output: z.object({ category: StaffCategoryView }),
    errors: ['category.not_found', 'category.version_changed'],
  },
  async ({ input: { id, expectedVersion, change }, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    const category = await ports.database.tx(async (tx) => {
      const before = await categories.get(tx, id);
      const after = changeCategory(before, { expectedVersion, ...change }, now);
      if (after === before) return before;
      await categories.save(tx, before, after);
      await audit.append(tx, {
        ...{ id: auditId, actorId: user.id, action: 'category.update', target: id, reason: null },
        ...{ before, after, now, requestId },
      });
      return after;
    });
    return { category };
  },
);
