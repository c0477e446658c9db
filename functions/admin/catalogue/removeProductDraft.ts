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
 * Removes a product of any kind that was never on sale and is in no bundle or column.
 *
 * The audit log keeps the product, and for a course its outline and each lesson. Its id cannot be used again. Files
 * stay in the storage. A product that was on sale can only be withdrawn.
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
      const product = await products.get(tx, id);
      refuseUnlessRemovable(product, expectedVersion);
      const course = await courses.find(tx, id);
      // The product's version does not cover its outline, so the course's version is compared too.
      if (course?.version !== seen?.course.version) throw fail('product.version_changed');
      const content = await contents.find(tx, id);
      await saveParts(tx, product, [], call.now);
      await products.remove(tx, id);
      if (content !== null) await contents.remove(tx, id);
      if (course !== null) await courses.remove(tx, id);
      await keepRemoved(tx, call, { action: 'product.remove', id, draft: { ...product, content, ...seen } });
    });
    // Lessons are only found through their course. If a crash leaves some behind, nobody sees them.
    for (const lesson of seen?.lessons ?? []) await ports.database.tx((tx) => lessons.remove(tx, lesson.id));
    return { id };
  },
);
