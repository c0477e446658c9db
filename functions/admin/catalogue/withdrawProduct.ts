import * as z from 'zod';
import * as contents from '../../../shared/data/catalogue/contents.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { staffProductView } from '../../../shared/domain/catalogue/productDraft.ts';
import { forgetCourse } from '../../../shared/flows/catalogue/catalogue.ts';
import { takeOffSale } from '../../../shared/flows/catalogue/takeOffSale.ts';
import { http } from '../../../shared/function.ts';
import { ProductId } from '../../../shared/schemas/base.ts';
import { StaffProductView } from '../../../shared/schemas/catalogue/product.ts';
import { AnyReason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Takes a product off sale. Owners keep it, and orders that were placed can still be paid. Safe to repeat.
 *
 * The product is also taken out of the bundles and columns that contain it, and the answer names them. Those who
 * already own such a bundle keep the product; new buyers do not get it. The prices of the bundles stay as they are. A
 * bundle without any part left is no longer on sale.
 */
export const withdrawProduct = http(
  {
    route: 'POST /api/admin/products/{id}/withdraw',
    auth: { may: 'product.withdraw' },
    input: z.strictObject({ id: ProductId, reason: AnyReason }),
    output: z.object({
      product: StaffProductView,
      /** The bundles and columns that the product was taken out of. */
      bundles: z.array(z.object({ id: ProductId, title: z.string(), partCount: z.int() })),
    }),
    errors: ['product.not_found', 'product.change_refused'],
  },
  async ({ input: { id, reason }, user, now, ports, requestId }) => {
    const { stored, bundles } = await ports.database.tx(async (tx) => {
      const before = await products.get(tx, id);
      const content = await contents.find(tx, id);
      const { product: after, bundles } = await takeOffSale(tx, before, now);
      if (after === before) return { stored: { product: before, content }, bundles };
      await audit.append(tx, {
        id: `product.withdraw:${id}:${after.version}`,
        ...{ actorId: user.id, action: 'product.withdraw', target: id, reason, now, requestId },
        before,
        after,
      });
      return { stored: { product: after, content }, bundles };
    });
    await Promise.all([id, ...bundles.map((bundle) => bundle.id)].map((each) => forgetCourse(ports, each)));
    const left = bundles.map(({ id: bundleId, title, parts }) => ({
      ...{ id: bundleId, title, partCount: parts.length },
    }));
    return { product: staffProductView(stored), bundles: left };
  },
);
