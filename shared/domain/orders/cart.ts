/** Carts: the products somebody means to buy. Adding a product twice changes nothing. */
import { fail } from '../../errors.ts';
import type { ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import type { Product, TodaysPrice } from '../../schemas/catalogue/product.ts';
import type { Cart, CartView } from '../../schemas/orders/cart.ts';
import { LINES_MAX, type Order, type Quote } from '../../schemas/orders/order.ts';
import type { Access } from '../access/access.ts';
import { isOnSale } from '../catalogue/product.ts';

/** The cart with the product added. The same object is returned when it is in it already. @throws cart.full */
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

/** The cart without the product. The same object is returned when it was not in it. */
export function removeItem(cart: Cart, productId: ProductId, now: TimeMs): Cart {
  const items = cart.items.filter((item) => item.productId !== productId);
  return items.length === cart.items.length ? cart : { ...cart, items, updatedAtMs: now };
}

/**
 * The cart after an order was paid: the ordered items are removed. An item added after the order was placed stays,
 * because it is wanted again. Example: a membership that was bought and then added once more. The same object is
 * returned when nothing changes.
 */
export function removePaid(cart: Cart, order: Pick<Order, 'lines' | 'createdAtMs'>, now: TimeMs): Cart {
  const isPaid = ({ productId, addedAtMs }: Cart['items'][number]) =>
    addedAtMs <= order.createdAtMs && order.lines.some((line) => line.productId === productId);
  const items = cart.items.filter((item) => !isPaid(item));
  return items.length === cart.items.length ? cart : { ...cart, items, updatedAtMs: now };
}

/** What is known of the products in a cart, for its owner. */
export interface CartKnown {
  readonly products: readonly Product[];
  /** What each product costs when bought alone. */
  readonly prices: ReadonlyMap<ProductId, TodaysPrice>;
  /** Products that would gain the owner nothing. */
  readonly covered: ReadonlySet<ProductId>;
  /** The owner's access to a product. */
  readonly access: (product: Product) => Access;
  readonly now: TimeMs;
}

type Sold = Pick<CartKnown, 'products' | 'covered' | 'now'>;

/** The products of a cart that can each be bought. */
function soldOf({ products, covered, now }: Sold): Product[] {
  return products.filter((product) => isOnSale(product, now) && !covered.has(product.id));
}

/** The products of a cart that can be ordered together. The others are only shown. */
export function countedOf(known: Sold): Product[] {
  const sold = soldOf(known);
  return sold.filter((product) => !isInBundle(product, sold));
}

const isInBundle = ({ id }: Product, others: readonly Product[]) =>
  others.some(({ parts }) => parts.includes(id));

/** A cart at its present cost, oldest item first. `quoted` is the quote for all counted items. */
export function cartView(
  cart: Cart | null,
  known: CartKnown,
  quoted: Pick<Quote, 'listFen' | 'payableFen' | 'applied'>,
): CartView {
  const { products, prices, covered, now } = known;
  const sold = soldOf(known);
  const items = (cart?.items ?? []).flatMap(({ productId, addedAtMs }) => {
    const product = products.find(({ id }) => id === productId);
    const price = prices.get(productId);
    if (product === undefined || price === undefined) return [];
    const { title, coverUrl, listFen } = product;
    return [
      {
        ...{ productId, title, coverUrl, listFen, price },
        isOnSale: isOnSale(product, now),
        isOwned: covered.has(productId),
        untilAtMs: known.access(product).untilAtMs,
        isInBundle: isInBundle(product, sold),
        addedAtMs,
      },
    ];
  });
  const { listFen: listTotalFen, payableFen: totalFen, applied } = quoted;
  return { items, listTotalFen, totalFen, applied };
}
