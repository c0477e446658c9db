import * as z from 'zod';
import * as carts from '../../shared/data/orders/carts.ts';
import { removeItem } from '../../shared/domain/orders/cart.ts';
import { showCart } from '../../shared/flows/orders/showCart.ts';
import { http } from '../../shared/function.ts';
import { ProductId } from '../../shared/schemas/base.ts';
import { CartView } from '../../shared/schemas/orders/cart.ts';

/** Takes a product out of the cart. Safe to repeat. */
export const removeCartItem = http(
  {
    route: 'DELETE /api/cart/items/{productId}',
    auth: 'member',
    input: z.strictObject({ productId: ProductId }),
    output: CartView,
    errors: [],
  },
  async ({ input: { productId }, user, now, ports }) => {
    const cart = await ports.database.tx(async (tx) => {
      const before = await carts.find(tx, user.id);
      if (before === null) return null;
      const after = removeItem(before, productId, now);
      await carts.save(tx, before, after);
      return after;
    });
    return showCart(ports, { userId: user.id, cart, now });
  },
);
