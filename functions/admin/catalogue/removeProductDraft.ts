import * as z from 'zod';
import * as contents from '../../../shared/data/catalogue/contents.ts';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as lessons from '../../../shared/data/catalogue/lessons.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import { refuseUnlessRemovable } from '../../../shared/domain/catalogue/productDraft.ts';
import { fail } from '../../../shared/errors.ts';
import { lessonsOf } from '../../../shared/flows/catalogue/lessonsOf.ts';
import { saveParts } from '../../../shared/flows/catalogue/saveParts.ts';
import { keepRemoved } from '../../../shared/flows/operations/removeDraft.ts';
import { http } from '../../../shared/function.ts';
import { ProductId, QueryVersion } from '../../../shared/schemas/base.ts';

/**
 * Throws away a product of any kind that was never on sale, and is in no bundle or column.
 *
 * The audit log keeps it, of a course the outline and each lesson; nothing is made under its id again. Files stay in
 * storage. What was on sale is withdrawn instead.
 */
export const removeProductDraft = http(
  {
    route: 'DELETE /api/admin/products/{id}',
    auth: { may: 'product.create' },
    input: z.strictObject({ id: ProductId, expectedVersion: QueryVersion }),
    output: z.object({ id: ProductId }),
    errors: ['product.not_found', 'product.version_changed', 'product.not_removable'],
  },
  async ({ input: { id, expectedVersion }, ports, ...call }) => {
    const seen = await lessonsOf(ports.database, id);
    await ports.database.tx(async (tx) => {
      const product = await products.find(tx, id);
      if (product === null) throw fail('product.not_found');
      refuseUnlessRemovable(product, expectedVersion);
      const course = await courses.find(tx, id);
      // The product's version says nothing of its outline.
      if (course?.version !== seen?.course.version) throw fail('product.version_changed');
      const content = await contents.find(tx, id);
      await saveParts(tx, product, [], call.now);
      await products.remove(tx, id);
      if (content !== null) await contents.remove(tx, id);
      if (course !== null) await courses.remove(tx, id);
      await keepRemoved(tx, call, { action: 'product.remove', id, draft: { ...product, content, ...seen } });
    });
    // Nobody finds a lesson without its course, so what a crash leaves behind is seen by nobody.
    for (const lesson of seen?.lessons ?? []) await ports.database.tx((tx) => lessons.remove(tx, lesson.id));
    return { id };
  },
);
