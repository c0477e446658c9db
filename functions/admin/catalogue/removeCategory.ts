import * as z from 'zod';
import * as categories from '../../../shared/data/catalogue/categories.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { Category } from '../../../shared/schemas/catalogue/product.ts';

/** Removes a category that contains no product in any state. A category in use can be hidden instead. */
export const removeCategory = http(
  {
    route: 'DELETE /api/admin/categories/{id}',
    auth: { may: 'category.manage' },
    input: z.strictObject({ id: Category }),
    output: z.object({ id: Category }),
    errors: ['category.not_found', 'category.in_use'],
  },
  async ({ input: { id }, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    const seen = await categories.get(ports.database, id);
    const isUsed = await products.isCategoryUsed(ports.database, id);
    await ports.database.tx(async (tx) => {
      const before = await categories.get(tx, id);
      if (isUsed || before.placedCount !== seen.placedCount) throw fail('category.in_use');
      await categories.remove(tx, id);
      await audit.append(tx, {
        ...{ id: auditId, actorId: user.id, action: 'category.remove', target: id, reason: null },
        ...{ before, after: null, now, requestId },
      });
    });
    return { id };
  },
);
