import * as z from 'zod';
import * as carts from '../../shared/data/orders/carts.ts';
import { showCart } from '../../shared/flows/orders/showCart.ts';
import { http } from '../../shared/function.ts';
import { CartView } from '../../shared/schemas/orders/cart.ts';

/**
 * Shows the cart at today's prices for the caller.
 *
 * `totalFen` is what an order of all counted items would cost without a coupon and points. An item that cannot be
 * bought, or not together with the rest, is shown but not counted.
 */
export const getCart = http(
  {
    route: 'GET /api/cart',
    auth: 'member',
    input: z.strictObject({}),
    output: CartView,
    errors: [],
  },
  async ({ user, now, ports }) =>
    showCart(ports, { userId: user.id, cart: await carts.find(ports.database, user.id), now }),
);
