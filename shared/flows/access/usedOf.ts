import * as gifts from '../../data/access/gifts.ts';
import * as usages from '../../data/access/usages.ts';
import * as products from '../../data/catalogue/products.ts';
import { giftRefundableCount } from '../../domain/access/gift.ts';
import { progressOf } from '../../domain/access/usage.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { Usage } from '../../schemas/access/usage.ts';
import type { ProductId } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';

/** What has been used of one line. */
export interface UsedLine {
  /** How much of it was opened, in basis points. */
  readonly progress: number;
  readonly isDownloaded: boolean;
  /** How many friends have claimed theirs. */
  readonly giftsClaimed: number;
}

/**
 * What has been used of each line of an order, as the server has seen it. Read so that whatever is opened or claimed
 * meanwhile makes the transaction run again. How much there is to open is read beside it: twenty products would be too
 * much for a transaction that takes back the access to each of them.
 */
export async function usedOf(
  tx: Pick<Tx, 'find'>,
  database: Pick<Reader, 'findMany'>,
  order: Order,
): Promise<Map<ProductId, UsedLine>> {
  const used = new Map<ProductId, UsedLine>();
  const opened: Usage[] = [];
  for (const { productId, gifts: count } of order.lines) {
    if (count > 0) {
      const gift = await gifts.find(tx, order.id, productId);
      const giftsClaimed = gift === null ? 0 : count - giftRefundableCount(gift);
      used.set(productId, { progress: 0, isDownloaded: false, giftsClaimed });
      continue;
    }
    const usage = await usages.find(tx, order.userId, productId);
    if (usage !== null) opened.push(usage);
    used.set(productId, { progress: 0, isDownloaded: false, giftsClaimed: 0 });
  }
  if (opened.length === 0) return used;
  const known = await products.findMany(
    database,
    opened.map(({ productId }) => productId),
  );
  for (const usage of opened) {
    const { productId, downloadedAtMs } = usage;
    const product = known.find(({ id }) => id === productId) ?? null;
    const isDownloaded = downloadedAtMs !== null;
    used.set(productId, { progress: progressOf(usage, product), isDownloaded, giftsClaimed: 0 });
  }
  return used;
}
