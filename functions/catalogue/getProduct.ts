import * as z from 'zod';
import { NO_ACCESS } from '../../shared/domain/access/access.ts';
import { maySee } from '../../shared/domain/catalogue/course.ts';
import { ownedView, productView } from '../../shared/domain/catalogue/productView.ts';
import { fail } from '../../shared/errors.ts';
import { ownedAmong } from '../../shared/flows/access/ownedAmong.ts';
import { findProduct } from '../../shared/flows/catalogue/catalogue.ts';
import { todaysPrices } from '../../shared/flows/pricing/todaysPrices.ts';
import { http } from '../../shared/function.ts';
import { ProductId } from '../../shared/schemas/base.ts';
import { ProductView } from '../../shared/schemas/catalogue/product.ts';

/**
 * Shows a product of any kind, priced for the caller. `getCourse` shows the lessons of a course.
 *
 * The answer has its terms, its price for the caller now, its parts, and when a refund is automatic. It has what access
 * the caller has: until when, and whether they can buy it (again). A withdrawn product is shown only to those who may
 * use it; for others it does not exist.
 */
export const getProduct = http(
  {
    route: 'GET /api/products/{id}',
    auth: 'optional',
    input: z.strictObject({ id: ProductId }),
    output: ProductView,
    errors: ['product.not_found'],
  },
  async ({ input, user, now, ports }) => {
    const shown = await findProduct(ports, input.id);
    if (shown === null) throw fail('product.not_found');
    const { product, content, parts } = shown;
    const { database } = ports;
    const owned = user === null ? null : await ownedAmong(database, database, user.id, [product], now);
    const access = owned?.access(product) ?? NO_ACCESS;
    if (!maySee(product, access.mayUse)) throw fail('product.not_found');
    const products = [product, ...parts];
    const prices = await todaysPrices(ports, { userId: user?.id ?? null, products, now });
    const had = owned?.bundles.get(product.id)?.had ?? [];
    const view = productView(product, content, { parts, had, prices });
    if (owned === null) return { ...view, owned: null };
    return { ...view, owned: ownedView(product, access, owned.covered.has(product.id), now) };
  },
);
