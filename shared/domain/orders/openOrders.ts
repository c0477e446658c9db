/** How many orders a buyer may leave unpaid. Each may hold a coupon, points and seats that others wait for. */
import { fail } from '../../errors.ts';
import type { ProductId, TimeMs } from '../../schemas/base.ts';
import {
  OPEN_OF_PRODUCT_MAX,
  OPEN_ORDERS_MAX,
  type OpenOrders,
  type PlacedOrder,
} from '../../schemas/orders/openOrders.ts';
import type { Order } from '../../schemas/orders/order.ts';

/**
 * The limit that one more order would exceed. `productId` is the product it is about; null for all orders together.
 */
export interface TooManyOpen {
  readonly max: number;
  readonly productId: ProductId | null;
}

/** Whether an order is neither paid nor closed, so that it still holds what it took. */
export function isOpen({ state }: Pick<Order, 'state'>): boolean {
  return state === 'pending' || state === 'closing';
}

/** The limit that one more order of these products would exceed; null when the order is allowed. */
export function tooManyOpen(
  placed: readonly PlacedOrder[],
  productIds: readonly ProductId[],
): TooManyOpen | null {
  if (placed.length >= OPEN_ORDERS_MAX) return { max: OPEN_ORDERS_MAX, productId: null };
  const full = productIds.find(
    (id) => placed.filter((each) => each.productIds.includes(id)).length >= OPEN_OF_PRODUCT_MAX,
  );
  return full === undefined ? null : { max: OPEN_OF_PRODUCT_MAX, productId: full };
}

/** The list with one more order. @throws order.too_many_pending with the limit */
export function withPlaced(
  placed: readonly PlacedOrder[],
  { id: orderId, userId, lines }: Pick<Order, 'id' | 'userId' | 'lines'>,
  now: TimeMs,
): OpenOrders {
  const productIds = lines.map(({ productId }) => productId);
  const inTheWay = tooManyOpen(placed, productIds);
  if (inTheWay !== null) throw fail('order.too_many_pending', { params: { ...inTheWay } });
  return { id: userId, placed: [...placed, { orderId, productIds }], updatedAtMs: now };
}
