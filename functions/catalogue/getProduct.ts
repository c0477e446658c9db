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
 * Shows a product of any kind: its terms, what it costs the caller now, what is in it, when money goes back by itself,
 * and what the caller has of it: until when, and whether it can be bought (again). The lessons of a course are shown by `getCourse`.
 *
 * What was withdrawn is shown to who may use it and does not exist for others.
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
