import * as products from '../../data/catalogue/products.ts';
import { withdrawProduct } from '../../domain/catalogue/productDraft.ts';
import type { Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';

/**
 * Takes a product off sale, and out of the bundles and columns that contain it, in one transaction. A product that
 * is off sale already is returned unchanged. Also returns the changed bundles.
 * @throws product.change_refused
 */
export async function takeOffSale(
  tx: Tx,
  before: Product,
  now: TimeMs,
): Promise<{ readonly product: Product; readonly bundles: readonly Product[] }> {
  const found = await Promise.all(before.partOf.map((id) => products.find(tx, id)));
  const bundles = found.filter((bundle) => bundle !== null);
  const after = withdrawProduct(before, bundles, now);
  await products.saveEach(tx, [before, ...bundles], [after.product, ...after.bundles]);
  return after;
}
