/** Goods: what the platform of virtual payment has to know before something can be sold there at a price. */
import * as z from 'zod';
import { Fen, ProductId, storedText, TimeMs } from '../base.ts';
import { Description } from '../catalogue/product.ts';

/**
 * `wanted → uploading → uploaded → publishing → published`, or `refused` by the platform, until somebody wants it
 * again.
 */
export const GoodsState = z.enum(['wanted', 'uploading', 'uploaded', 'publishing', 'published', 'refused']);
export type GoodsState = z.infer<typeof GoodsState>;

/** One product at one price: `<productId>_<priceFen>`, which is also the platform's number for it. */
export const Goods = z.object({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  productId: ProductId,
  priceFen: Fen.min(1),
  name: storedText(Description.shape.title),
  imageUrl: storedText(Description.shape.coverUrl),
  state: GoodsState,
  /** From when on it can be sold: half an hour after the platform said that it was published. Null until it did. */
  liveAtMs: TimeMs.nullable(),
  /** When `syncGoods` works on it next; null when nothing is left to do. */
  nextAtMs: TimeMs.nullable(),
  /** Why the platform refused it, in its words. */
  reason: z.string().max(500).nullable(),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Goods = z.infer<typeof Goods>;

/** The id of a product at a price, here and there. */
export function goodsId(productId: ProductId, priceFen: Fen): string {
  return `${productId}_${priceFen}`;
}

/** Whether the thing can be sold now. */
export function isLive(goods: Goods, now: TimeMs): boolean {
  return goods.liveAtMs !== null && goods.liveAtMs <= now;
}
