/** Flash sales, their places in shards, and who has taken how many. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { FlashSaleId, ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import { FlashSale, FlashSeats, FlashStock } from '../../schemas/pricing/promotion.ts';
import { all, defineCollection, store } from '../collection.ts';

/** Stored sales; `published` finds those that run or will, `newest` lists all for staff. */
export const collection = defineCollection({
  name: 'flashSales',
  schema: FlashSale,
  version: 2,
  upgrade: (doc) => ({ version: 1, ...doc }),
  indexes: { newest: { fields: ['createdAtMs'] }, published: { fields: ['state', 'untilAtMs'] } },
});

/** By id only, `<sale>:<product>:<shard>`. */
export const stocks = defineCollection({ name: 'flashStocks', schema: FlashStock, version: 1, indexes: {} });

/** By id only, `<sale>:<product>:<user>`. */
export const seats = defineCollection({ name: 'flashSeats', schema: FlashSeats, version: 1, indexes: {} });

/** How many sales are published at a time at most: those that run, and those that are to come. */
export const AHEAD_MAX = 20;

/** The sale, or null. */
export function find(reader: Pick<Reader, 'find'>, id: FlashSaleId): Promise<FlashSale | null> {
  return reader.find(collection, id);
}

/** The published sales whose end lies ahead, at most 20: of these some may not have begun. */
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

/** Every sale there is, the oldest first. */
export function everyOne(reader: Reader): AsyncGenerator<FlashSale> {
  return all(reader, collection, { index: 'newest', where: {}, order: 'ascending', limit: 100 });
}

/** Stores a new sale. */
export function insert(tx: Tx, sale: FlashSale): Promise<void> {
  return tx.insert(collection, sale);
}

/** Stores a sale's new state. */
export function save(tx: Tx, before: FlashSale, after: FlashSale): Promise<void> {
  return store(tx, collection, before, after);
}

/** A shard, for a decision, or null. */
export function findStock(reader: Pick<Reader, 'find'>, id: string): Promise<FlashStock | null> {
  return reader.find(stocks, id);
}

/** A shard, for a look that conflicts with nobody who takes from it, or null. */
export function peekStock(tx: Pick<Tx, 'peek'>, id: string): Promise<FlashStock | null> {
  return tx.peek(stocks, id);
}

/** The shards that are there (at most 100 ids), for a look only. */
export function stocksAmong(reader: Pick<Reader, 'findMany'>, ids: readonly string[]): Promise<FlashStock[]> {
  return reader.findMany(stocks, ids);
}

/** Adds so many places to a shard, which may be a new one. */
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

/** The places of a user in one product of a sale, or null when there were never any. */
export function findSeats(
  reader: Pick<Reader, 'find'>,
  of: { readonly saleId: FlashSaleId; readonly productId: ProductId; readonly userId: UserId },
): Promise<FlashSeats | null> {
  return reader.find(seats, seatsId(of.saleId, of.productId, of.userId));
}

/** The id of the places that a user has of one product of a sale. */
export function seatsId(saleId: FlashSaleId, productId: ProductId, userId: UserId): string {
  return `${saleId}:${productId}:${userId}`;
}

/** Those of these places that there are, at most 100 asked for, for a look only. */
export function seatsAmong(reader: Pick<Reader, 'findMany'>, ids: readonly string[]): Promise<FlashSeats[]> {
  return reader.findMany(seats, ids);
}

/** Stores what has become of `before`: nothing when it is the same object. */
export function saveSeats(tx: Tx, before: FlashSeats | null, after: FlashSeats): Promise<void> {
  return store(tx, seats, before, after);
}

/** Takes a sale away for good. @throws Error when there is none */
export function remove(tx: Tx, id: FlashSaleId): Promise<void> {
  return tx.remove(collection, id);
}
