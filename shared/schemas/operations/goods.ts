/** Goods: what the virtual-payment platform has to know before a product can be sold there at a price. */
import * as z from 'zod';
import { Fen, ProductId, storedText, TimeMs } from '../base.ts';
import { Description } from '../catalogue/product.ts';

/**
 * The state of goods: `wanted → uploading → uploaded → publishing → published`. The platform may refuse them
 * (`refused`); they become `wanted` again when somebody asks for them.
 */
export const GoodsState = z.enum(['wanted', 'uploading', 'uploaded', 'publishing', 'published', 'refused']);
export type GoodsState = z.infer<typeof GoodsState>;

/** One product at one price. The id is `<productId>_<priceFen>`, and is also the platform's number for it. */
export const Goods = z.object({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  productId: ProductId,
  priceFen: Fen.min(1),
  name: storedText(Description.shape.title),
  imageUrl: storedText(Description.shape.coverUrl),
  state: GoodsState,
  /** When it can be sold: half an hour after the platform reported it as published. Null until then. */
  liveAtMs: TimeMs.nullable(),
  /** When `syncGoods` works on it next; null when nothing is left to do. */
  nextAtMs: TimeMs.nullable(),
  /** The platform's reason for refusing it. */
  reason: z.string().max(500).nullable(),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Goods = z.infer<typeof Goods>;

/** The id of a product at a price, ours and the platform's. */
export function goodsId(productId: ProductId, priceFen: Fen): string {
  return `${productId}_${priceFen}`;
}

/** Whether the goods can be sold now. */
export function isLive(goods: Goods, now: TimeMs): boolean {
  return goods.liveAtMs !== null && goods.liveAtMs <= now;
}
