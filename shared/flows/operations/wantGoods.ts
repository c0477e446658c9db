import * as goods from '../../data/operations/goods.ts';
import { newGoods, pricesOf, wantAgain } from '../../domain/operations/goods.ts';
import type { Tx } from '../../ports/database.ts';
import type { Fen, TimeMs } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import { goodsId } from '../../schemas/operations/goods.ts';

/**
 * Requests that virtual payment knows a product at each of its prices, and at some more (of a flash sale). It must
 * run in the transaction that publishes or prices the product. `syncGoods` does the rest, and puts `nextListFen`
 * into force once the platform is ready. Safe to repeat; refused goods are tried again.
 */
export async function wantGoods(
  tx: Tx,
  product: Product,
  now: TimeMs,
  furtherPrices: readonly Fen[] = [],
): Promise<void> {
  for (const priceFen of new Set([...pricesOf(product), ...furtherPrices.filter((price) => price > 0)])) {
    const before = await goods.find(tx, goodsId(product.id, priceFen));
    if (before === null) await goods.insert(tx, newGoods(product, priceFen, now));
    else {
      const again = wantAgain(before, product, now);
      if (again !== null) await goods.save(tx, before, again);
    }
  }
}
