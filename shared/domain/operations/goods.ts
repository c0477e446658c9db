/** The rules of what the platform of virtual payment knows of our catalogue: each price of a product is one thing there. */
import { type Fen, MINUTE_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import { type Goods, goodsId, isLive } from '../../schemas/operations/goods.ts';

/** The prices at which a product is sold, and the one it is to have next; without 0, for which nobody pays. */
export function pricesOf(product: Product): Fen[] {
  const { listFen, nextListFen, limited, memberFen } = product;
  const all = [nextListFen, listFen, limited?.priceFen ?? null, memberFen];
  return [...new Set(all.filter((price): price is Fen => price !== null && price > 0))];
}

/** The product at a price, as the platform is to know it. */
export function newGoods({ id, title, coverUrl }: Product, priceFen: Fen, now: TimeMs): Goods {
  return {
    id: goodsId(id, priceFen),
    productId: id,
    priceFen,
    name: title,
    imageUrl: coverUrl,
    state: 'wanted',
    liveAtMs: null,
    nextAtMs: now,
    reason: null,
    createdAtMs: now,
    updatedAtMs: now,
  };
}

/**
 * What becomes of goods that are wanted once more: what was refused is tried again with today's words, and what is
 * published may have a price to put into force. Null when nothing changes.
 */
export function wantAgain(goods: Goods, product: Product, now: TimeMs): Goods | null {
  if (goods.state === 'refused')
    return { ...newGoods(product, goods.priceFen, now), createdAtMs: goods.createdAtMs };
  if (goods.state !== 'published' || goods.nextAtMs !== null || product.nextListFen !== goods.priceFen)
    return null;
  return { ...goods, nextAtMs: now, updatedAtMs: now };
}

/** What a batch says of one thing; null when it does not name it. */
export interface BatchWord {
  readonly isRunning: boolean;
  readonly item: { readonly state: 'running' | 'done' | 'failed'; readonly reason: string } | null;
  /** How long after its publication a thing can be sold. */
  readonly lagMs: number;
}

const begun = { uploading: 'wanted', publishing: 'uploaded' } as const;

/** The goods whose batch is being started: written before the platform is asked. Null when another run was faster. */
export function startBatch(goods: Goods, batch: 'uploading' | 'publishing', now: TimeMs): Goods | null {
  return goods.state === begun[batch] ? { ...goods, state: batch, updatedAtMs: now } : null;
}

/**
 * The goods after what their batch says; null when that changes nothing. A batch that has ended and does not name them
 * was never begun, so it is to be begun again.
 */
export function afterBatch(goods: Goods, { isRunning, item, lagMs }: BatchWord, now: TimeMs): Goods | null {
  const { state } = goods;
  if (state !== 'uploading' && state !== 'publishing') return null;
  if (item === null) return isRunning ? null : { ...goods, state: begun[state], updatedAtMs: now };
  if (item.state === 'running') return null;
  if (item.state === 'failed') return refuseGoods(goods, item.reason, now);
  if (state === 'uploading') return { ...goods, state: 'uploaded', updatedAtMs: now };
  const liveAtMs = timeMs(now + lagMs);
  return { ...goods, state: 'published', liveAtMs, nextAtMs: liveAtMs, updatedAtMs: now };
}

/** The goods that the platform will never take as they are, with its reason. */
export function refuseGoods(goods: Goods, reason: string, now: TimeMs): Goods {
  return { ...goods, state: 'refused', reason: reason.slice(0, 500), nextAtMs: null, updatedAtMs: now };
}

/** After a refusal that may pass, other goods go first for so long. */
const POSTPONED_MS = 15 * MINUTE_MS;

/** The goods whose batch the platform has clearly not begun: to be begun again later. Null when they have moved on. */
export function postponeGoods(goods: Goods, batch: 'uploading' | 'publishing', now: TimeMs): Goods | null {
  if (goods.state !== batch) return null;
  return { ...goods, state: begun[batch], nextAtMs: timeMs(now + POSTPONED_MS), updatedAtMs: now };
}

/** The goods once they are live and nothing is left to do about them. Null before that. */
export function settleGoods(goods: Goods, now: TimeMs): Goods | null {
  if (goods.state !== 'published' || goods.nextAtMs === null || !isLive(goods, now)) return null;
  return { ...goods, nextAtMs: null, updatedAtMs: now };
}

/** The product with the price that was to be its next one; null when that is not this one. */
export function putIntoForce(product: Product, priceFen: Fen, now: TimeMs): Product | null {
  if (product.nextListFen !== priceFen) return null;
  const version = product.version + 1;
  return { ...product, listFen: priceFen, nextListFen: null, version, updatedAtMs: now };
}
