/** Flash sales: their places, in shards so that a crowd does not wait for one document, and who has taken which. */
import type { FlashSaleId, OrderId, ProductId, TimeMs, UserId } from '../schemas/base.ts';
import type {
  FlashItem,
  FlashSale,
  FlashSaleDraft,
  FlashSaleView,
  FlashSeats,
  FlashStock,
} from '../schemas/promotion.ts';

/** How many shards the places of a product have at most, and how many places one is worth. */
const SHARDS_MAX = 8;
const PLACES_PER_SHARD = 50;

/** A new sale. */
export function newFlashSale(draft: FlashSaleDraft, draftDigest: string, now: TimeMs): FlashSale {
  return { ...draft, endedAtMs: null, draftDigest, createdAtMs: now, updatedAtMs: now };
}

/** The ids of the shards of one product of a sale. */
export function stockIds(saleId: FlashSaleId, { productId, stock }: FlashItem): string[] {
  const shards = Math.min(SHARDS_MAX, Math.ceil(stock / PLACES_PER_SHARD));
  return Array.from({ length: shards }, (_, shard) => `${saleId}:${productId}:${shard}`);
}

/** All places of a new sale, in shards that differ by one at most. */
export function newStocks({ id, items }: Pick<FlashSale, 'id' | 'items'>): FlashStock[] {
  return items.flatMap((item) => {
    const ids = stockIds(id, item);
    return ids.map((shardId, shard) => ({
      id: shardId,
      remaining: Math.floor((item.stock + shard) / ids.length),
      taken: 0,
    }));
  });
}

/** The same, in the order in which a user looks for a place: crowds start at different shards. */
export function stockIdsFor(saleId: FlashSaleId, item: FlashItem, userId: UserId): string[] {
  const ids = stockIds(saleId, item);
  let hash = 0;
  for (const character of userId) hash = (hash * 31 + character.charCodeAt(0)) % 1_000_003;
  const start = hash % ids.length;
  return [...ids.slice(start), ...ids.slice(0, start)];
}

/** How many places the user has. */
export function seatCount(seats: FlashSeats | null): number {
  return seats?.seats.length ?? 0;
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
    updatedAtMs: now,
  };
}

/** A sale as anybody sees it. `left` is by product, for a moment only. */
export function flashSaleView(sale: FlashSale, left: ReadonlyMap<ProductId, number>): FlashSaleView {
  return { ...sale, items: sale.items.map((item) => ({ ...item, left: left.get(item.productId) ?? 0 })) };
}
