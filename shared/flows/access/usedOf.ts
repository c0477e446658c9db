import * as gifts from '../../data/access/gifts.ts';
import * as usages from '../../data/access/usages.ts';
import * as products from '../../data/catalogue/products.ts';
import { giftRefundableCount } from '../../domain/access/gift.ts';
import { progressOf, unitsOf } from '../../domain/access/usage.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { ProductId } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';

/** What was used of one order line. */
export interface UsedLine {
  /** The share of it that was opened, in basis points. */
  readonly progress: number;
  readonly isDownloaded: boolean;
  /** How many friends have claimed theirs. */
  readonly giftsClaimed: number;
}

/**
 * What was used of each line of an order, as the server has seen it. It is read so that anything opened or claimed
 * meanwhile makes the transaction run again.
 *
 * The share refers to the things to open at the time of purchase. For orders that did not record their number, it
 * refers to today's, which are read outside the transaction: twenty products would be too many for a transaction
 * that also takes back the access to each.
 */
export async function usedOf(
  tx: Pick<Tx, 'find'>,
  database: Pick<Reader, 'findMany'>,
  order: Order,
): Promise<Map<ProductId, UsedLine>> {
  const untold = order.lines.filter(({ units, gifts: count }) => units === null && count === 0);
  const ids = untold.map(({ productId }) => productId);
  const known = await products.findMany(database, ids);
  const today = new Map(known.map((product) => [product.id, unitsOf(product)]));
  const used = new Map<ProductId, UsedLine>();
  for (const { productId, gifts: count, units } of order.lines) {
    if (count > 0) {
      const gift = await gifts.find(tx, order.id, productId);
      const giftsClaimed = gift === null ? 0 : count - giftRefundableCount(gift);
      used.set(productId, { progress: 0, isDownloaded: false, giftsClaimed });
      continue;
    }
    const usage = await usages.find(tx, order.userId, productId);
    const progress = progressOf(usage, units ?? today.get(productId) ?? 0);
    const isDownloaded = usage !== null && usage.downloadedAtMs !== null;
    used.set(productId, { progress, isDownloaded, giftsClaimed: 0 });
  }
  return used;
}
