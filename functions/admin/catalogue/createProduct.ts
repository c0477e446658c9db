import * as z from 'zod';
import * as contents from '../../../shared/data/catalogue/contents.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { draftProduct, madeBefore, staffProductView } from '../../../shared/domain/catalogue/productDraft.ts';
import { fail } from '../../../shared/errors.ts';
import { forgetCourse } from '../../../shared/flows/catalogue/catalogue.ts';
import { placeInCategory } from '../../../shared/flows/catalogue/placeInCategory.ts';
import { saveParts } from '../../../shared/flows/catalogue/saveParts.ts';
import { http } from '../../../shared/function.ts';
import { ProductDraft, StaffProductView } from '../../../shared/schemas/catalogue/product.ts';

/**
 * Creates a membership, content, media, bundle or column as a draft. Courses are made by `createCourse`.
 *
 * The client makes the product's id and keeps it until it has an answer. A repeat with the same id and the same content
 * answers the same product, in whatever state it is by then. Only staff see the product before `publishProduct`.
 */
export const createProduct = http(
  {
    route: 'POST /api/admin/products',
    auth: { may: 'product.create' },
    input: z.strictObject({ product: ProductDraft }),
    output: z.object({ product: StaffProductView }),
    errors: ['product.id_taken', 'product.change_refused', 'category.not_found'],
  },
  async ({ input, user, now, ports, requestId }) => {
    const draftDigest = ports.secrets.digest('product.draft', JSON.stringify(input.product));
    const { product: bare, content } = draftProduct(input.product, draftDigest, now);
    const parts = 'parts' in input.product ? input.product.parts : [];
    const { stored, changed } = await ports.database.tx(async (tx) => {
      const before = await products.find(tx, bare.id);
      if (before !== null) {
        const product = madeBefore(before, draftDigest);
        return { stored: { product, content: await contents.find(tx, bare.id) }, changed: [] };
      }
      if (await audit.wasRemoved(tx, bare.id)) throw fail('product.id_taken');
      await placeInCategory(tx, bare.category);
      const { bundle: product, changed } = await saveParts(tx, bare, parts, now);
      await products.insert(tx, product);
      if (content !== null) await contents.insert(tx, content);
      const { id } = product;
      const record = { action: 'product.create', target: id, reason: null, before: null, now, requestId };
      const after = { ...product, content };
      await audit.append(tx, { id: `product.create:${id}`, actorId: user.id, after, ...record });
      return { stored: { product, content }, changed };
    });
    await Promise.all(changed.map((id) => forgetCourse(ports, id)));
    return { product: staffProductView(stored) };
  },
);
