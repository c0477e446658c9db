/** Flash sales: their seats, in shards so that many buyers do not wait for one document, and who has taken which. */
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

/** The largest number of shards for a product's seats, and the number of seats that justifies one more shard. */
const SHARDS_MAX = 4;
const PLACES_PER_SHARD = 50;

/** The ids of the shards of one product of a sale. */
export function stockIds(saleId: FlashSaleId, { productId, stock }: FlashItem): string[] {
  const shards = Math.min(SHARDS_MAX, Math.ceil(stock / PLACES_PER_SHARD));
  return Array.from({ length: shards }, (_, shard) => `${saleId}:${productId}:${shard}`);
}

/** All seats of a new sale, in shards that differ by at most one seat. */
export function newStocks({ id, items }: Pick<FlashSale, 'id' | 'items'>): FlashStock[] {
  return items.flatMap((item) => {
    const ids = stockIds(id, item);
    const counts = spread(item.stock, ids.length);
    return ids.map((shardId, shard) => ({ id: shardId, remaining: counts[shard] ?? 0, taken: 0 }));
  });
}

/**
 * The products of a sale with more seats. `places` gives the new totals.
 * @throws promotion.not_extendable with the reason: a product that is not in the sale, or fewer seats than before
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

/** The number of seats that each shard gets of the added ones. A shard may be new. */
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

/** The shard ids in the order in which this user tries them. Different users start at different shards. */
export function stockIdsFor(saleId: FlashSaleId, item: FlashItem, userId: UserId): string[] {
  return startingAt(stockIds(saleId, item), userId);
}

/**
 * How long a user who gave back a seat waits for the next: 1 minute after the first time, 10 minutes after the
 * second. After the third they get none in this sale. So nobody can block seats by taking them again and again.
 */
const PAUSES_MS: readonly number[] = [MINUTE_MS, 10 * MINUTE_MS];

/** How many seats the user has. */
export function seatCount(seats: FlashSeats | null): number {
  return seats?.seats.length ?? 0;
}

/** Whether the user may take one more seat now, if one is left. */
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

/** The user's seats without the one of an order. `isUnpaid` counts it as given back without paying. */
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

/** The user's seats with one more, taken from that shard for that order. */
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

/** The sale as anybody sees it, with the seats left a moment ago. Products that are no longer sold are left out. */
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
 * Refuses a sale whose products are not on sale, or whose prices are not below their list prices.
 * @throws promotion.not_publishable with the product and the reason
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

/** The most that a sale can take off against list prices, when every seat is taken; in fen. */
export function offMaxFen(sale: FlashSale, sold: readonly Product[]): number {
  const listFen = new Map(sold.map((product) => [product.id, product.listFen]));
  return sale.items.reduce(
    (sum, { productId, priceFen, stock }) =>
      sum + Math.max(0, (listFen.get(productId) ?? 0) - priceFen) * stock,
    0,
  );
}
