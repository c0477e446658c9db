/** Flash sales as everybody sees them, and what has to be known elsewhere before they begin. */
import * as flashSales from '../data/flashSales.ts';
import * as products from '../data/products.ts';
import { flashSaleView, stockIds } from '../domain/flashSale.ts';
import type { Ports } from '../ports.ts';
import { SECOND_MS, type TimeMs } from '../schemas/base.ts';
import type { FlashSale, FlashSaleView } from '../schemas/promotion.ts';
import { wantGoods } from './wantGoods.ts';

/** Under which key of the cache the shown sales are. */
export const SHOWN_KEY = 'flashSales';

const REMEMBERED_MS = 2 * SECOND_MS;

/** The sales that run or are to come, soonest end first, with what was left of each product two seconds ago at most. */
export function shownSales(ports: Ports, now: TimeMs): Promise<readonly FlashSaleView[]> {
  return ports.cache.remember(SHOWN_KEY, REMEMBERED_MS, async () => {
    const sales = await flashSales.ahead(ports.database, now);
    return Promise.all(sales.map((sale) => shown(ports, sale)));
  });
}

async function shown({ database }: Ports, sale: FlashSale): Promise<FlashSaleView> {
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

/** Wants the platform of virtual payment to know the sale's prices, where there is one. Safe to repeat. */
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
