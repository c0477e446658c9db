import type { Usable } from '../domain/product.ts';
import type { Reader } from '../ports.ts';
import type { ProductId, TimeMs, UserId } from '../schemas/base.ts';
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
