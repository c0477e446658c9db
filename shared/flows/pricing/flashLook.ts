/** Looking at flash-sale seats without taking one: in a transaction, or for a whole list at once. */
import { many } from '../../data/collection.ts';
import * as flashSales from '../../data/pricing/flashSales.ts';
import { mayTakeSeat, stockIds, stockIdsFor } from '../../domain/pricing/flashSale.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { FlashSaleId, ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import type { FlashItem, FlashSale } from '../../schemas/pricing/promotion.ts';
import { freeStock } from './flashSeats.ts';

/** What a user sees of a sale's seats. */
export interface FlashLook {
  /** Whether the user may have one more seat. */
  mayTake(sale: FlashSale, productId: ProductId): Promise<boolean>;
  /** Whether a seat is left. */
  isFree(saleId: FlashSaleId, item: FlashItem): Promise<boolean>;
}

/**
 * Looks at one document at a time. The user's own seats are found, as a decision relies on them; the shards are only
 * peeked at.
 */
export function lookInTx(tx: Tx, userId: UserId, now: TimeMs): FlashLook {
  return {
    mayTake: async (sale, productId) =>
      mayTakeSeat(await flashSales.findSeats(tx, { saleId: sale.id, productId, userId }), sale, now),
    isFree: async (saleId, item) => (await freeStock(tx, stockIdsFor(saleId, item, userId))) !== null,
  };
}

/**
 * Looks at all seats of these products in these sales, in batched reads. Nothing is read when no sale includes them.
 * An unknown user has no seats.
 */
export async function lookAtOnce(
  reader: Pick<Reader, 'findMany'>,
  userId: UserId | null,
  sales: readonly FlashSale[],
  productIds: readonly ProductId[],
  now: TimeMs,
): Promise<FlashLook> {
  const offered = sales.flatMap(({ id, items }) =>
    items.filter((item) => productIds.includes(item.productId)).map((item) => ({ saleId: id, item })),
  );
  const shards = offered.flatMap(({ saleId, item }) => stockIds(saleId, item));
  const stocks = await many(reader, flashSales.stocks, shards);
  const wanted =
    userId === null
      ? []
      : offered.map(({ saleId, item }) => flashSales.seatsId(saleId, item.productId, userId));
  const seats = await many(reader, flashSales.seats, wanted);
  const free = new Set(stocks.filter(({ remaining }) => remaining > 0).map(({ id }) => id));
  return {
    mayTake: async (sale, productId) => {
      const own = seats.find((each) => each.saleId === sale.id && each.productId === productId);
      return mayTakeSeat(own ?? null, sale, now);
    },
    isFree: async (saleId, item) => stockIds(saleId, item).some((id) => free.has(id)),
  };
}
