import * as z from 'zod';
import * as contents from '../../../shared/data/catalogue/contents.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import {
  changeProduct,
  partsChanged,
  staffProductView,
} from '../../../shared/domain/catalogue/productDraft.ts';
import { cutOf } from '../../../shared/domain/pricing/priceCut.ts';
import { forgetCourse } from '../../../shared/flows/catalogue/catalogue.ts';
import { lookAtChange } from '../../../shared/flows/catalogue/lookAtProduct.ts';
import { saveChange } from '../../../shared/flows/catalogue/saveChange.ts';
import { makingValue } from '../../../shared/flows/identity/makingValue.ts';
import { http } from '../../../shared/function.ts';
import { ProductUpdate, StaffProductView } from '../../../shared/schemas/catalogue/product.ts';

/**
 * Changes a product of any kind: its texts, its price and terms, its parts. Fields that are not given stay.
 *
 * `expectedVersion` is the version that the caller saw. Repeating the very same change gives the same answer as the
 * first time. Existing orders keep their terms. If a platform has to know each price, a new list price applies once the
 * platform knows it.
 */
export const updateProduct = http(
  {
    route: 'PATCH /api/admin/products/{id}',
    auth: { may: 'product.update', secondFactor: 'fresh' },
    input: ProductUpdate,
    output: z.object({ product: StaffProductView }),
    errors: [
      ...(['product.not_found', 'product.version_changed', 'product.change_refused'] as const),
      ...(['category.not_found', 'storage.unavailable', 'staff.second_person_needed'] as const),
    ],
    cost: 'signature',
  },
  async (call) => {
    const { user, now, ports, requestId } = call;
    const { id, change, expectedVersion, reason } = call.input;
    await lookAtChange(ports, change);
    const waitsForRail = ports.rails.xpay !== null;
    const act = { action: 'product.update', key: `${id} ${expectedVersion}` } as const;
    const { stored, touched } = await makingValue(call, act, async (tx, spend) => {
      const product = await products.get(tx, id);
      const before = { product, content: await contents.find(tx, id) };
      const after = changeProduct(before, { change, expectedVersion, waitsForRail, now });
      if (after === before) return { stored: before, touched: [] };
      const { parts = product.parts } = change;
      const added = await products.peekMany(tx, partsChanged(product, parts).added);
      await spend('priceCut', cutOf(product, after.product, added));
      const saving = { before, after, parts, waitsForRail, now };
      const { stored, changed } = await saveChange(tx, saving);
      await audit.append(tx, {
        id: `product.update:${id}:${stored.product.version}`,
        ...{ actorId: user.id, action: 'product.update', target: id, reason, now, requestId },
        before: { ...product, content: before.content },
        after: { ...stored.product, content: stored.content },
      });
      return { stored, touched: [id, ...changed] };
    });
    await Promise.all(touched.map((each) => forgetCourse(ports, each)));
    return { product: staffProductView(stored) };
  },
);
