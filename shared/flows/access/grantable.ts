import * as products from '../../data/catalogue/products.ts';
import { refuseUnlessGrantable } from '../../domain/access/entitlement.ts';
import { fail } from '../../errors.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import type { AccessRule, Product } from '../../schemas/catalogue/product.ts';
import { refuseIfOwned } from './ownedAmong.ts';

/**
 * The product, if staff may give the user this access to it and the user would gain something.
 * @throws product.not_found, product.already_owned, access.not_grantable
 */
export async function grantable(
  tx: Tx,
  database: Reader,
  asked: {
    readonly userId: UserId;
    readonly productId: ProductId;
    readonly access: AccessRule;
    readonly now: TimeMs;
  },
): Promise<Product> {
  const { userId, productId, access, now } = asked;
  const [product] = await products.peekMany(tx, [productId]);
  if (product === undefined) throw fail('product.not_found');
  refuseUnlessGrantable(product, access, now);
  await refuseIfOwned(tx, database, userId, [{ ...product, access }], now);
  return product;
}
