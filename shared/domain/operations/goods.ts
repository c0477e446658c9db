/**
 * The rules of goods: what the virtual-payment platform knows of our catalogue. Each price of a product is one good
 * there.
 */
import { type Fen, MINUTE_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import { type Goods, goodsId, isLive } from '../../schemas/operations/goods.ts';

/** All prices of a product, its next list price included. Price 0 is left out, because nobody pays it. */
export function pricesOf(product: Product): Fen[] {
  const { listFen, nextListFen, limited, memberFen } = product;
  const all = [nextListFen, listFen, limited?.priceFen ?? null, memberFen];
  return [...new Set(all.filter((price): price is Fen => price !== null && price > 0))];
}

/** The good for a product at a price. */
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
 * The goods when they are wanted again: refused goods are tried again with the product's present texts, and
 * published ones may have a waiting price to put into force. Null when nothing changes.
 */
export function wantAgain(goods: Goods, product: Product, now: TimeMs): Goods | null {
  if (goods.state === 'refused')
    return { ...newGoods(product, goods.priceFen, now), createdAtMs: goods.createdAtMs };
  if (goods.state !== 'published' || goods.nextAtMs !== null || product.nextListFen !== goods.priceFen)
    return null;
  return { ...goods, nextAtMs: now, updatedAtMs: now };
}

/** What a batch says of one good. `item` is null when the batch does not name it. */
export interface BatchWord {
  readonly isRunning: boolean;
  readonly item: { readonly state: 'running' | 'done' | 'failed'; readonly reason: string } | null;
  /** How long after publication it can be sold, in ms. */
  readonly lagMs: number;
}

const begun = { uploading: 'wanted', publishing: 'uploaded' } as const;

/**
 * The goods with their batch marked as started. It is saved before the platform is called. Null when another run has
 * already started one.
 */
export function startBatch(goods: Goods, batch: 'uploading' | 'publishing', now: TimeMs): Goods | null {
  return goods.state === begun[batch] ? { ...goods, state: batch, updatedAtMs: now } : null;
}

/**
 * The goods after the batch's report; null when it changes nothing. If a finished batch does not name them, it was
 * never started for them, and it is started again.
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

/** The goods, refused for good by the platform, with its reason. */
export function refuseGoods(goods: Goods, reason: string, now: TimeMs): Goods {
  return { ...goods, state: 'refused', reason: reason.slice(0, 500), nextAtMs: null, updatedAtMs: now };
}

/** How long goods wait after a refusal that may pass, so that others go first. */
const POSTPONED_MS = 15 * MINUTE_MS;

/** The goods whose batch certainly was not started: they are tried again later. Null when they have moved on. */
export function postponeGoods(goods: Goods, batch: 'uploading' | 'publishing', now: TimeMs): Goods | null {
  if (goods.state !== batch) return null;
  return { ...goods, state: begun[batch], nextAtMs: timeMs(now + POSTPONED_MS), updatedAtMs: now };
}

/** The goods once they are live and nothing is left to do; null before that. */
export function settleGoods(goods: Goods, now: TimeMs): Goods | null {
  if (goods.state !== 'published' || goods.nextAtMs === null || !isLive(goods, now)) return null;
  return { ...goods, nextAtMs: null, updatedAtMs: now };
}

/** The product with its waiting price put into force; null when this is not the waiting price. */
export function putIntoForce(product: Product, priceFen: Fen, now: TimeMs): Product | null {
  if (product.nextListFen !== priceFen) return null;
  const version = product.version + 1;
  return { ...product, listFen: priceFen, nextListFen: null, version, updatedAtMs: now };
}
