/** The answer of every function that reads or changes a cart. */
import * as memberships from '../../data/access/memberships.ts';
import * as products from '../../data/catalogue/products.ts';
import { cartView, countedOf } from '../../domain/orders/cart.ts';
import { priceOf } from '../../domain/pricing/offer.ts';
import { quote } from '../../domain/pricing/pricing.ts';
import { floorOf } from '../../domain/pricing/selling.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Cart, CartView } from '../../schemas/orders/cart.ts';
import { ownedAmong } from '../access/ownedAmong.ts';
import { lookAtOnce } from '../pricing/flashLook.ts';
import { offeredLines } from '../pricing/offeredLines.ts';
import { promotionsFor } from '../pricing/quoteLines.ts';

/**
 * The cart at its current cost. It is priced by the same computation as an order, from the catalogue itself and not
 * from a cache, by a rail that accepts any price.
 */
export async function showCart(
  { database, settings: { selling } }: Pick<Ports, 'database' | 'settings'>,
  asked: { readonly userId: UserId; readonly cart: Cart | null; readonly now: TimeMs },
): Promise<CartView> {
  const { userId, cart, now } = asked;
  const ids = (cart?.items ?? []).map(({ productId }) => productId);
  const found = await products.findMany(database, ids);
  const { access, covered, bundles } = await ownedAmong(database, database, userId, found, now);
  const known = { products: found, covered: new Set(covered.keys()), access, now };
  const counted = countedOf(known);
  const [{ sales, campaigns }, membership] = await Promise.all([
    promotionsFor(database, { userId, couponId: null, now }),
    memberships.find(database, userId),
  ]);
  const look = await lookAtOnce(database, userId, sales, ids, now);
  const offers = { membership, bundles, sales, look, lineCount: Math.max(1, counted.length), now };
  const wanted = found.map((product) => ({ product, gifts: 0 }));
  const lines = await offeredLines(wanted, offers);
  const quoted = quote({
    lines: lines.filter(({ productId }) => counted.some(({ id }) => id === productId)),
    campaigns,
    couponChoice: { kind: 'none' },
    pointsAsked: 0,
    pointsAvailable: 0,
    pointsShareMax: selling.pointsShareMax,
    floor: floorOf('wxpay', 'web', selling),
    combinations: selling.combinations,
    userId,
    now,
  });
  const prices = new Map(lines.map((line) => [line.productId, priceOf(line, now)]));
  return cartView(cart, { ...known, prices }, quoted);
}
