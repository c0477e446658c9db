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

/** The cache key of the running and coming flash sales, and how long they are remembered. */
export const SALES_KEY = 'pricing:flash-sales';
const REMEMBERED_MS = 2 * SECOND_MS;

/**
 * What each of these products costs a user now when bought alone: the price an order starts from, before campaigns,
 * coupons and points. For an unknown user (null) it is the price for everybody.
 *
 * Cards, pages and refusals all use it, and it is computed as an order's price is. It makes as many reads for one
 * product as for a hundred: the flash sales (up to two seconds old) and, where they matter, their seats, the
 * membership, and the bundle parts that the user has.
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
