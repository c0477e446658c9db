/** Flash sales: their places, in shards so that a crowd does not wait for one document, and who has taken which. */
import { fail } from '../../errors.ts';
import {
  type FlashSaleId,
  MINUTE_MS,
  type OrderId,
  type ProductId,
  type TimeMs,
  type UserId,
} from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import type {
  FlashItem,
  FlashSale,
  FlashSaleView,
  FlashSeats,
  FlashStock,
} from '../../schemas/pricing/promotion.ts';
import { spread, startingAt } from '../shards.ts';

/** How many shards the places of a product have at most, and how many places one is worth. */
const SHARDS_MAX = 4;
const PLACES_PER_SHARD = 50;

/** The ids of the shards of one product of a sale. */
export function stockIds(saleId: FlashSaleId, { productId, stock }: FlashItem): string[] {
  const shards = Math.min(SHARDS_MAX, Math.ceil(stock / PLACES_PER_SHARD));
  return Array.from({ length: shards }, (_, shard) => `${saleId}:${productId}:${shard}`);
}

/** All places of a new sale, in shards that differ by one at most. */
export function newStocks({ id, items }: Pick<FlashSale, 'id' | 'items'>): FlashStock[] {
  return items.flatMap((item) => {
    const ids = stockIds(id, item);
    const counts = spread(item.stock, ids.length);
    return ids.map((shardId, shard) => ({ id: shardId, remaining: counts[shard] ?? 0, taken: 0 }));
  });
}

/**
 * The products of a sale with more places: `places` says how many there are to be in all.
 * @throws promotion.not_extendable with the reason: a product that is not in it, or fewer places than there were
 */
export function withPlaces(
  items: readonly FlashItem[],
  places: readonly Pick<FlashItem, 'productId' | 'stock'>[],
): FlashItem[] {
  for (const { productId, stock } of places) {
    const item = items.find((each) => each.productId === productId);
    const reason = item === undefined ? 'not_in_sale' : stock < item.stock ? 'fewer' : null;
    if (reason !== null) throw fail('promotion.not_extendable', { params: { reason, productId } });
  }
  return items.map((item) => ({
    ...item,
    stock: places.find(({ productId }) => productId === item.productId)?.stock ?? item.stock,
  }));
}

/** What each shard of a sale gets of the places that were added. A shard may be new. */
export function addedPlaces(
  before: FlashSale,
  after: FlashSale,
): readonly { readonly id: string; readonly count: number }[] {
  return after.items.flatMap((item, index) => {
    const ids = stockIds(after.id, item);
    const counts = spread(item.stock - (before.items[index]?.stock ?? 0), ids.length);
    return ids.map((id, shard) => ({ id, count: counts[shard] ?? 0 })).filter(({ count }) => count > 0);
  });
}

/** The same, in the order in which a user looks for a place: crowds start at different shards. */
export function stockIdsFor(saleId: FlashSaleId, item: FlashItem, userId: UserId): string[] {
  return startingAt(stockIds(saleId, item), userId);
}

/**
 * How long a user who gave a place back waits for the next one: a minute after the first, ten after the second. After
 * the third there is none for them in this sale. So nobody keeps a place from others by taking it again and again.
 */
const PAUSES_MS: readonly number[] = [MINUTE_MS, 10 * MINUTE_MS];

/** How many places the user has. */
export function seatCount(seats: FlashSeats | null): number {
  return seats?.seats.length ?? 0;
}

/** Whether the user may have one more place now, if one is left. */
export function mayTakeSeat(
  seats: FlashSeats | null,
  { perUserMax }: Pick<FlashSale, 'perUserMax'>,
  now: TimeMs,
): boolean {
  if (seatCount(seats) >= perUserMax) return false;
  const givenBack = seats?.givenBack ?? null;
  if (givenBack === null) return true;
  const pauseMs = PAUSES_MS[givenBack.count - 1];
  return pauseMs !== undefined && now >= givenBack.lastAtMs + pauseMs;
}

/** The user's places without that of an order; `isUnpaid` counts it as one that was taken and not paid for. */
export function withoutSeat(
  before: FlashSeats,
  orderId: OrderId,
  isUnpaid: boolean,
  now: TimeMs,
): FlashSeats {
  const seats = before.seats.filter((each) => each.orderId !== orderId);
  const counted = { count: (before.givenBack?.count ?? 0) + 1, lastAtMs: now };
  return { ...before, seats, givenBack: isUnpaid ? counted : before.givenBack, updatedAtMs: now };
}

/** The user's places with one more, from that shard, for that order. */
export function withSeat(
  before: FlashSeats | null,
  taken: {
    readonly saleId: FlashSaleId;
    readonly productId: ProductId;
    readonly userId: UserId;
    readonly orderId: OrderId;
    readonly stockId: string;
    readonly now: TimeMs;
  },
): FlashSeats {
  const { saleId, productId, userId, orderId, stockId, now } = taken;
  return {
    id: `${saleId}:${productId}:${userId}`,
    saleId,
    productId,
    userId,
    seats: [...(before?.seats ?? []), { orderId, stockId }],
    givenBack: before?.givenBack ?? null,
    updatedAtMs: now,
  };
}

/**
 * The sale as anybody sees it, with what is left by its stocks: true for a moment only. What is no longer sold is left
 * out.
 */
export function flashSaleView(
  sale: FlashSale,
  sold: readonly Pick<Product, 'id' | 'title' | 'coverUrl' | 'listFen' | 'state'>[],
  stocks: readonly FlashStock[],
): FlashSaleView {
  const items = sale.items.flatMap((item) => {
    const product = sold.find(({ id, state }) => id === item.productId && state === 'published');
    if (product === undefined) return [];
    const ids = stockIds(sale.id, item);
    const left = stocks.reduce((sum, { id, remaining }) => sum + (ids.includes(id) ? remaining : 0), 0);
    const { title, coverUrl, listFen } = product;
    return [{ ...item, left, title, coverUrl, listFen }];
  });
  return { ...sale, items };
}

/**
 * Refuses a sale at prices that are none: each has to be below the list price of something on sale.
 * @throws promotion.not_publishable with the product
 */
export function refuseUnlessSellable(
  { items }: FlashSale,
  sold: readonly Pick<Product, 'id' | 'listFen' | 'state'>[],
): void {
  for (const { productId, priceFen } of items) {
    const product = sold.find(({ id }) => id === productId);
    const isSold = product?.state === 'published';
    if (isSold && priceFen < product.listFen) continue;
    const reason = isSold ? 'price' : 'not_on_sale';
    throw fail('promotion.not_publishable', { params: { reason, productId } });
  }
}

/** What a sale takes off at most, when every place is taken, against the list prices of what it sells. */
export function offMaxFen(sale: FlashSale, sold: readonly Product[]): number {
  const listFen = new Map(sold.map((product) => [product.id, product.listFen]));
  return sale.items.reduce(
    (sum, { productId, priceFen, stock }) =>
      sum + Math.max(0, (listFen.get(productId) ?? 0) - priceFen) * stock,
    0,
  );
}
