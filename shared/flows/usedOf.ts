import * as gifts from '../data/gifts.ts';
import * as products from '../data/products.ts';
import * as usages from '../data/usages.ts';
import { giftRefundableCount } from '../domain/gift.ts';
import { progressOf } from '../domain/usage.ts';
import type { Tx } from '../ports.ts';
import type { ProductId } from '../schemas/base.ts';
import type { Order } from '../schemas/order.ts';

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
 * meanwhile makes the transaction run again.
 */
export async function usedOf(tx: Pick<Tx, 'find' | 'peek'>, order: Order): Promise<Map<ProductId, UsedLine>> {
  const used = new Map<ProductId, UsedLine>();
  for (const { productId, gifts: count } of order.lines) {
    if (count > 0) {
      const gift = await gifts.find(tx, order.id, productId);
      const giftsClaimed = gift === null ? 0 : count - giftRefundableCount(gift);
      used.set(productId, { progress: 0, isDownloaded: false, giftsClaimed });
      continue;
    }
    const usage = await usages.find(tx, order.userId, productId);
    const product = usage === null ? null : await tx.peek(products.collection, productId);
    const isDownloaded = usage !== null && usage.downloadedAtMs !== null;
    used.set(productId, { progress: progressOf(usage, product), isDownloaded, giftsClaimed: 0 });
  }
  return used;
}
