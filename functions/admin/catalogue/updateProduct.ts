import * as z from 'zod';
import * as contents from '../../../shared/data/catalogue/contents.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { changeProduct, staffProductView } from '../../../shared/domain/catalogue/productDraft.ts';
import { fail } from '../../../shared/errors.ts';
import { forgetCourse } from '../../../shared/flows/catalogue/catalogue.ts';
import { lookAtChange } from '../../../shared/flows/catalogue/lookAtProduct.ts';
import { placeInCategory } from '../../../shared/flows/catalogue/placeInCategory.ts';
import { saveParts } from '../../../shared/flows/catalogue/saveParts.ts';
import { wantGoods } from '../../../shared/flows/operations/wantGoods.ts';
import { http } from '../../../shared/function.ts';
import { ProductUpdate, StaffProductView } from '../../../shared/schemas/catalogue/product.ts';

/**
 * Changes a product of any kind: its words, its price and terms, what is in it. What is not named stays.
 *
 * Who changes it says which version they saw; the very same change again is answered as if it had been the first time.
 * Orders keep the terms they were placed with. Where a platform has to know each price, a new one counts once it does.
 */
export const updateProduct = http(
  {
    route: 'PATCH /api/admin/products/{id}',
    auth: { may: 'product.update', secondFactor: 'fresh' },
    input: ProductUpdate,
    output: z.object({ product: StaffProductView }),
    errors: [
      'product.not_found',
      'product.version_changed',
      'product.change_refused',
      'category.not_found',
      'storage.unavailable',
    ],
    cost: 'signature',
  },
  async ({ input: { id, change, expectedVersion, reason }, user, now, ports, requestId }) => {
    await lookAtChange(ports, change);
    const waitsForRail = ports.rails.xpay !== null;
    const { stored, touched } = await ports.database.tx(async (tx) => {
      const product = await products.find(tx, id);
      if (product === null) throw fail('product.not_found');
      const before = { product, content: await contents.find(tx, id) };
      const after = changeProduct(before, { change, expectedVersion, waitsForRail, now });
      if (after === before) return { stored: before, touched: [] };
      if (after.product.category !== product.category) await placeInCategory(tx, after.product.category);
      const { bundle, changed } = await saveParts(tx, after.product, change.parts ?? product.parts, now);
      await products.save(tx, bundle);
      await contents.save(tx, before.content, after.content);
      if (waitsForRail && bundle.state === 'published') await wantGoods(tx, bundle, now);
      await audit.append(tx, {
        id: `product.update:${id}:${bundle.version}`,
        ...{ actorId: user.id, action: 'product.update', target: id, reason, now, requestId },
        ...{ before: { ...product, content: before.content }, after: { ...bundle, content: after.content } },
      });
      return { stored: { product: bundle, content: after.content }, touched: [id, ...changed] };
    });
    await Promise.all(touched.map((each) => forgetCourse(ports, each)));
    return { product: staffProductView(stored) };
  },
);
