/** Flash sales as everybody sees them, and the goods they need at virtual payment. */

import * as products from '../../data/catalogue/products.ts';
import * as flashSales from '../../data/pricing/flashSales.ts';
import { flashSaleView, stockIds } from '../../domain/pricing/flashSale.ts';
import type { Database } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { FlashSale, FlashSaleView } from '../../schemas/pricing/promotion.ts';
import { wantGoods } from '../operations/wantGoods.ts';

/** The running and coming sales, the one that ends first before others, with the seats left now. */
export async function shownSales(database: Database, now: TimeMs): Promise<FlashSaleView[]> {
  const sales = await flashSales.ahead(database, now);
  return Promise.all(sales.map((sale) => shown(database, sale)));
}

async function shown(database: Database, sale: FlashSale): Promise<FlashSaleView> {
  const ids = sale.items.flatMap((item) => stockIds(sale.id, item));
  const [sold, stocks] = await Promise.all([
    products.findMany(
      database,
      sale.items.map((item) => item.productId),
    ),
    flashSales.stocksAmong(database, ids),
  ]);
  return flashSaleView(sale, sold, stocks);
}

/** Requests that virtual payment knows the sale's prices, where the shop has it. Safe to repeat. */
export async function wantSaleGoods(
  { database, rails }: Pick<Ports, 'database' | 'rails'>,
  sale: FlashSale,
  now: TimeMs,
): Promise<void> {
  if (rails.xpay === null) return;
  for (const { productId, priceFen } of sale.items) {
    await database.tx(async (tx) => {
      const product = await products.find(tx, productId);
      if (product !== null) await wantGoods(tx, product, now, [priceFen]);
    });
  }
}
