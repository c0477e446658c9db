/** The collections of flash sales, of their seats in shards, and of the seats that users have taken. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { FlashSaleId, ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import { FlashSale, FlashSeats, FlashStock } from '../../schemas/pricing/promotion.ts';
import { defineCollection, store } from '../collection.ts';

/** Stored sales. `published` lists those running or coming, `newest` all of them for staff. */
export const collection = defineCollection({
  name: 'flashSales',
  schema: FlashSale,
  version: 2,
  upgrade: (doc) => ({ version: 1, ...doc }),
  indexes: { newest: { fields: ['createdAtMs'] }, published: { fields: ['state', 'untilAtMs'] } },
});

/** Found by id only: `<sale>:<product>:<shard>`. */
export const stocks = defineCollection({ name: 'flashStocks', schema: FlashStock, version: 1, indexes: {} });

/** Found by id only: `<sale>:<product>:<user>`. */
export const seats = defineCollection({ name: 'flashSeats', schema: FlashSeats, version: 1, indexes: {} });

/** The largest number of published sales at a time, running and coming ones together. */
export const AHEAD_MAX = 20;

/** The sale, or null. */
export function find(reader: Pick<Reader, 'find'>, id: FlashSaleId): Promise<FlashSale | null> {
  return reader.find(collection, id);
}

/** The published sales whose end is still ahead, at most 20. Some may not have begun. */
export async function ahead(reader: Pick<Reader, 'list'>, now: TimeMs): Promise<readonly FlashSale[]> {
  const range = { field: 'untilAtMs', from: now + 1 };
  const query = { index: 'published', where: { state: 'published' }, range, order: 'ascending' } as const;
  return (await reader.list(collection, { ...query, limit: AHEAD_MAX, cursor: null })).items;
}

/** The sale. @throws promotion.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: FlashSaleId): Promise<FlashSale> {
  const found = await find(reader, id);
  if (found === null) throw fail('promotion.not_found');
  return found;
}

/** One page of all sales, newest first. @throws request.invalid for a cursor of another query */
export function list(
  reader: Pick<Reader, 'list'>,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<FlashSale>> {
  return reader.list(collection, { index: 'newest', where: {}, order: 'descending', ...page });
}

/** Stores a new sale. */
export function insert(tx: Tx, sale: FlashSale): Promise<void> {
  return tx.insert(collection, sale);
}

/** Stores a sale's new state. */
export function save(tx: Tx, before: FlashSale, after: FlashSale): Promise<void> {
  return store(tx, collection, before, after);
}

/** A shard, read to take from it or change it; null when there is none. */
export function findStock(reader: Pick<Reader, 'find'>, id: string): Promise<FlashStock | null> {
  return reader.find(stocks, id);
}

/** A shard, or null. It is peeked at, so that looking does not conflict with users who take from it. */
export function peekStock(tx: Pick<Tx, 'peek'>, id: string): Promise<FlashStock | null> {
  return tx.peek(stocks, id);
}

/** The existing shards among `ids` (at most 100), only for looking. */
export function stocksAmong(reader: Pick<Reader, 'findMany'>, ids: readonly string[]): Promise<FlashStock[]> {
  return reader.findMany(stocks, ids);
}

/** Adds `count` seats to a shard, which may be new. */
export async function addPlaces(
  tx: Tx,
  { id, count }: { readonly id: string; readonly count: number },
): Promise<void> {
  const before = await findStock(tx, id);
  const stock = before ?? { id, remaining: 0, taken: 0 };
  await saveStock(tx, before, { ...stock, remaining: stock.remaining + count });
}

/** Stores a shard's new count. */
export function saveStock(tx: Tx, before: FlashStock | null, after: FlashStock): Promise<void> {
  return store(tx, stocks, before, after);
}

/** A user's seats in one product of a sale; null when there never were any. */
export function findSeats(
  reader: Pick<Reader, 'find'>,
  of: { readonly saleId: FlashSaleId; readonly productId: ProductId; readonly userId: UserId },
): Promise<FlashSeats | null> {
  return reader.find(seats, seatsId(of.saleId, of.productId, of.userId));
}

/** The id of a user's seats in one product of a sale. */
export function seatsId(saleId: FlashSaleId, productId: ProductId, userId: UserId): string {
  return `${saleId}:${productId}:${userId}`;
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function saveSeats(tx: Tx, before: FlashSeats | null, after: FlashSeats): Promise<void> {
  return store(tx, seats, before, after);
}

/** Deletes a sale. @throws Error when there is none */
export function remove(tx: Tx, id: FlashSaleId): Promise<void> {
  return tx.remove(collection, id);
}
