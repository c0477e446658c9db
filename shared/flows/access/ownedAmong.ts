import * as products from '../../data/catalogue/products.ts';
import type { Usable } from '../../domain/catalogue/product.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import { accessTo } from './accessTo.ts';

/**
 * Which of these products the user may use now, so that they need not be bought: never a membership, which is renewed.
 * Given a transaction, what is bought meanwhile makes it run again.
 */
export async function ownedAmong(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  products: readonly Usable[],
  now: TimeMs,
): Promise<Set<ProductId>> {
  const access = await accessTo(reader, userId, products, now);
  return new Set(products.filter((product) => access(product).mayUse).map(({ id }) => id));
}

/**
 * Which lines of an order are for its buyer to use, and which of them the buyer may use by now without it. Neither gifts
 * for friends nor memberships are among them: those can be bought again.
 */
export async function ownedOfOrder(
  tx: Tx,
  { userId, lines }: Pick<Order, 'userId' | 'lines'>,
  now: TimeMs,
): Promise<{ readonly owned: ReadonlySet<ProductId>; readonly isAll: boolean }> {
  const own = lines.filter((line) => line.gifts === 0 && line.plan === null);
  const ids = own.map(({ productId }) => productId);
  const owned = await ownedAmong(tx, userId, await products.peekMany(tx, ids), now);
  return { owned, isAll: owned.size === lines.length };
}
