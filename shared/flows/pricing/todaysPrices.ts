import * as memberships from '../../data/access/memberships.ts';
import * as flashSales from '../../data/pricing/flashSales.ts';
import { priceOf } from '../../domain/pricing/offer.ts';
import { isRunning } from '../../domain/pricing/promotion.ts';
import type { Ports } from '../../ports/ports.ts';
import { type ProductId, SECOND_MS, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { Product, TodaysPrice } from '../../schemas/catalogue/product.ts';
import { partsHad } from '../access/partsHad.ts';
import { lookAtOnce } from './flashLook.ts';
import { offeredLines } from './offeredLines.ts';

/** Under which key of the cache the flash sales are that run or are to come, and for how long. */
export const SALES_KEY = 'pricing:flash-sales';
const REMEMBERED_MS = 2 * SECOND_MS;

/**
 * What each of these products costs somebody now, bought alone: the price that an order would start from, before what
 * looks at a whole order (campaigns, coupons, points). For who is not known it is everybody's price.
 *
 * The one place that says what something costs, for cards, pages and refusals: computed as an order's price is. As many
 * reads for one product as for a hundred: the flash sales (which may be two seconds old) and, where they matter, places in
 * them, the membership, and what of a bundle the user has.
 */
export async function todaysPrices(
  { database, cache }: Pick<Ports, 'database' | 'cache'>,
  asked: { readonly userId: UserId | null; readonly products: readonly Product[]; readonly now: TimeMs },
): Promise<ReadonlyMap<ProductId, TodaysPrice>> {
  const { userId, products, now } = asked;
  if (products.length === 0) return new Map();
  const hasMemberPrice = userId !== null && products.some(({ memberFen }) => memberFen !== null);
  const [ahead, membership, bundles] = await Promise.all([
    cache.remember(SALES_KEY, REMEMBERED_MS, () => flashSales.ahead(database, now)),
    hasMemberPrice ? memberships.find(database, userId) : null,
    userId === null ? new Map() : partsHad(database, userId, products, now),
  ]);
  const sales = ahead.filter((sale) => isRunning(sale, now));
  const ids = products.map(({ id }) => id);
  const look = await lookAtOnce(database, userId, sales, ids, now);
  const wanted = products.map((product) => ({ product, gifts: 0 }));
  const lines = await offeredLines(wanted, { membership, bundles, sales, look, lineCount: 1, now });
  return new Map(lines.map((line) => [line.productId, priceOf(line, now)]));
}
