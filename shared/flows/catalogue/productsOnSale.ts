import * as products from '../../data/catalogue/products.ts';
import { isOnSale } from '../../domain/catalogue/product.ts';
import { isOnShelf } from '../../domain/catalogue/shelf.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { ProductId, TimeMs } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';

/**
 * The products as they are on sale now, in the order of `ids`. They are peeked at, so a price that changes at the
 * same moment causes no conflict.
 *
 * A question is sold only to pay for one that is named (`isQuestion`), and nothing else is sold so.
 * @throws product.not_found with `productId`, also for a product that is not published or not sold at this time
 */
export async function productsOnSale(
  tx: Pick<Tx, 'peek'>,
  ids: readonly ProductId[],
  now: TimeMs,
  isQuestion = false,
): Promise<Product[]> {
  const found = await products.peekMany(tx, ids);
  return ids.map((productId) => {
    const product = found.find(({ id }) => id === productId);
    if (product === undefined || !isOnSale(product, now) || isOnShelf(product) === isQuestion) {
      throw fail('product.not_found', { params: { productId } });
    }
    return product;
  });
}
