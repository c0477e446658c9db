import * as z from 'zod';
import * as categories from '../../../shared/data/catalogue/categories.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { madeBefore, newCategory, refuseTooMany } from '../../../shared/domain/catalogue/category.ts';
import { http } from '../../../shared/function.ts';
import { CategoryDraft, StaffCategoryView } from '../../../shared/schemas/catalogue/category.ts';

/**
 * Creates a category after all the others.
 *
 * Its slug is its id: products refer to it, and it never changes. A repeat with the same slug and the same content
 * answers the same category.
 */
export const createCategory = http(
  {
    route: 'POST /api/admin/categories',
    auth: { may: 'category.manage' },
    input: z.strictObject({ category: CategoryDraft }),
    output: z.object({ category: StaffCategoryView }),
    errors: ['category.id_taken', 'category.too_many'],
  },
  async ({ input: { category: draft }, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    const others = await categories.inOrder(ports.database);
    const category = await ports.database.tx(async (tx) => {
      const before = await categories.find(tx, draft.id);
      if (before !== null) return madeBefore(before, draft);
      refuseTooMany(others);
      const made = newCategory(draft, others, now);
      await categories.insert(tx, made);
      await audit.append(tx, {
        ...{ id: auditId, actorId: user.id, action: 'category.create', target: draft.id, reason: null },
        ...{ before: null, after: draft, now, requestId },
      });
      return made;
    });
    return { category };
  },
);
