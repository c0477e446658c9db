import * as z from 'zod';
import * as carts from '../../shared/data/orders/carts.ts';
import { putItem } from '../../shared/domain/orders/cart.ts';
import { refuseIfOwned } from '../../shared/flows/access/ownedAmong.ts';
import { productsOnSale } from '../../shared/flows/catalogue/productsOnSale.ts';
import { showCart } from '../../shared/flows/orders/showCart.ts';
import { http } from '../../shared/function.ts';
import { ProductId } from '../../shared/schemas/base.ts';
import { CartView } from '../../shared/schemas/orders/cart.ts';

/** Puts a product into the cart. Repeating it changes nothing, even if the product is no longer on sale by then. */
export const putCartItem = http(
  {
    route: 'PUT /api/cart/items/{productId}',
    auth: 'member',
    input: z.strictObject({ productId: ProductId }),
    output: CartView,
    errors: ['product.not_found', 'product.already_owned', 'cart.full'],
  },
  async ({ input: { productId }, user, now, ports }) => {
    const cart = await ports.database.tx(async (tx) => {
      const before = await carts.find(tx, user.id);
      const after = putItem(before, { userId: user.id, productId, now });
      if (after === before) return before;
      const onSale = await productsOnSale(tx, [productId], now);
      await refuseIfOwned(tx, ports.database, user.id, onSale, now);
      await carts.save(tx, before, after);
      return after;
    });
    return showCart(ports, { userId: user.id, cart, now });
  },
);
