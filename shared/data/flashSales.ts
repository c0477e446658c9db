/** Flash sales, their places in shards, and who has taken how many. */
import type { Page, Reader, Tx } from '../ports.ts';
import type { FlashSaleId, ProductId, TimeMs, UserId } from '../schemas/base.ts';
import { FlashSale, FlashSeats, FlashStock } from '../schemas/promotion.ts';
import { defineCollection } from './collection.ts';

/** Stored sales; `byEnd` finds those that have not ended, and lists them for staff. */
export const collection = defineCollection({
  name: 'flashSales',
  schema: FlashSale,
  version: 1,
  indexes: { byEnd: { fields: ['untilAtMs'] } },
});

/** By id only, `<sale>:<product>:<shard>`. */
export const stocks = defineCollection({ name: 'flashStocks', schema: FlashStock, version: 1, indexes: {} });

/** By id only, `<sale>:<product>:<user>`. */
export const seats = defineCollection({ name: 'flashSeats', schema: FlashSeats, version: 1, indexes: {} });

/** How many sales are looked at for a price, those that end first: more at a time nobody runs. */
const RUNNING_MAX = 20;

/** The sale, or null. */
export function find(reader: Pick<Reader, 'find'>, id: FlashSaleId): Promise<FlashSale | null> {
  return reader.find(collection, id);
}

/** The sales whose end lies ahead, at most 20: of these some may not have begun, or have been ended. */
export async function ahead(reader: Pick<Reader, 'list'>, now: TimeMs): Promise<readonly FlashSale[]> {
  const range = { field: 'untilAtMs', from: now + 1 };
  const query = { index: 'byEnd', where: {}, range, order: 'ascending' } as const;
  return (await reader.list(collection, { ...query, limit: RUNNING_MAX, cursor: null })).items;
}

/** One page of all sales, the latest end first. @throws request.invalid for a cursor of another query */
export function list(
  reader: Pick<Reader, 'list'>,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<FlashSale>> {
  return reader.list(collection, { index: 'byEnd', where: {}, order: 'descending', ...page });
}

/** Stores a new sale. */
export function insert(tx: Tx, sale: FlashSale): Promise<void> {
  return tx.insert(collection, sale);
}

/** Stores a sale's new state. */
export function save(tx: Tx, sale: FlashSale): Promise<void> {
  return tx.update(collection, sale);
}

/** A shard, for a decision, or null. */
export function findStock(reader: Pick<Reader, 'find'>, id: string): Promise<FlashStock | null> {
  return reader.find(stocks, id);
}

/** A shard, for a look that conflicts with nobody who takes from it, or null. */
export function peekStock(tx: Pick<Tx, 'peek'>, id: string): Promise<FlashStock | null> {
  return tx.peek(stocks, id);
}

/** How many places are left in these shards (at most 100) together: true for a moment only. */
export async function countLeft(reader: Pick<Reader, 'findMany'>, ids: readonly string[]): Promise<number> {
  const found = await reader.findMany(stocks, ids);
  return found.reduce((sum, { remaining }) => sum + remaining, 0);
}

/** Stores a new shard. */
export function insertStock(tx: Tx, stock: FlashStock): Promise<void> {
  return tx.insert(stocks, stock);
}

/** Stores a shard's new count. */
export function saveStock(tx: Tx, stock: FlashStock): Promise<void> {
  return tx.update(stocks, stock);
}

/** The places of a user in one product of a sale, or null when there were never any. */
export function findSeats(
  reader: Pick<Reader, 'find'>,
  of: { readonly saleId: FlashSaleId; readonly productId: ProductId; readonly userId: UserId },
): Promise<FlashSeats | null> {
  return reader.find(seats, `${of.saleId}:${of.productId}:${of.userId}`);
}

/** Stores what has become of `before`: nothing when it is the same object. */
export async function saveSeats(tx: Tx, before: FlashSeats | null, after: FlashSeats): Promise<void> {
  if (before === null) await tx.insert(seats, after);
  else if (after !== before) await tx.update(seats, after);
}
