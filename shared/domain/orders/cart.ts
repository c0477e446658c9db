/** Carts: which products somebody means to buy. Putting one in twice changes nothing. */
import { fail } from '../../errors.ts';
import { fen, type ProductId, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import type { Cart, CartView } from '../../schemas/orders/cart.ts';
import { LINES_MAX, type Order } from '../../schemas/orders/order.ts';
import { isOnSale } from '../catalogue/product.ts';

/** The cart with the product in it; the very same cart when it was in it before. @throws cart.full */
export function putItem(
  cart: Cart | null,
  asked: { readonly userId: UserId; readonly productId: ProductId; readonly now: TimeMs },
): Cart {
  const before = cart ?? { id: asked.userId, items: [], updatedAtMs: asked.now };
  if (before.items.some(({ productId }) => productId === asked.productId)) return before;
  if (before.items.length >= LINES_MAX) throw fail('cart.full', { params: { itemsMax: LINES_MAX } });
  return {
    ...before,
    items: [...before.items, { productId: asked.productId, addedAtMs: asked.now }],
    updatedAtMs: asked.now,
  };
}

/** The cart without the product; the very same cart when it was not in it. */
export function removeItem(cart: Cart, productId: ProductId, now: TimeMs): Cart {
  const items = cart.items.filter((item) => item.productId !== productId);
  return items.length === cart.items.length ? cart : { ...cart, items, updatedAtMs: now };
}

/**
 * The cart once an order is paid: without what was ordered. What was put in after the order was placed is wanted once
 * more, and stays: a membership, bought and put in again. The very same cart when nothing leaves it.
 */
export function removePaid(cart: Cart, order: Pick<Order, 'lines' | 'createdAtMs'>, now: TimeMs): Cart {
  const isPaid = ({ productId, addedAtMs }: Cart['items'][number]) =>
    addedAtMs <= order.createdAtMs && order.lines.some((line) => line.productId === productId);
  const items = cart.items.filter((item) => !isPaid(item));
  return items.length === cart.items.length ? cart : { ...cart, items, updatedAtMs: now };
}

/** What a cart holds at today's prices, oldest item first. Only what can be bought now is counted. */
export function cartView(
  cart: Cart | null,
  products: readonly Product[],
  owned: ReadonlySet<ProductId>,
  now: TimeMs,
): CartView {
  const byId = new Map(products.map((product) => [product.id, product]));
  const items = (cart?.items ?? []).flatMap(({ productId, addedAtMs }) => {
    const product = byId.get(productId);
    if (product === undefined) return [];
    return [
      {
        productId,
        title: product.title,
        coverUrl: product.coverUrl,
        listFen: product.listFen,
        isOnSale: isOnSale(product, now),
        isOwned: owned.has(productId),
        addedAtMs,
      },
    ];
  });
  const counted = items.filter((item) => item.isOnSale && !item.isOwned);
  return { items, totalFen: fen(counted.reduce((sum, item) => sum + item.listFen, 0)) };
}
