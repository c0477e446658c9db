/** What is answered by everything that reads or changes a cart. */
import * as products from '../../data/catalogue/products.ts';
import { cartView } from '../../domain/orders/cart.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Cart, CartView } from '../../schemas/orders/cart.ts';
import { ownedAmong } from '../access/ownedAmong.ts';

/** The cart with prices from the catalogue as it is now, not from any cache. */
export async function showCart(
  ports: Ports,
  asked: { readonly userId: UserId; readonly cart: Cart | null; readonly now: TimeMs },
): Promise<CartView> {
  const ids = (asked.cart?.items ?? []).map(({ productId }) => productId);
  if (ids.length === 0) return cartView(asked.cart, [], new Set(), asked.now);
  const found = await products.findMany(ports.database, ids);
  const owned = await ownedAmong(ports.database, asked.userId, found, asked.now);
  return cartView(asked.cart, found, owned, asked.now);
}
