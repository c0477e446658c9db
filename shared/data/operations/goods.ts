/** The collection of goods: what virtual payment knows, or is to know, of what we sell. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { Fen, ProductId, TimeMs } from '../../schemas/base.ts';
import { Goods, type GoodsState, goodsId, isLive } from '../../schemas/operations/goods.ts';
import { defineCollection, store } from '../collection.ts';

/** Stored goods. `syncGoods` lists by state those that wait, the longest waiting first. */
export const collection = defineCollection({
  name: 'railGoods',
  schema: Goods,
  version: 1,
  indexes: { byState: { fields: ['state', 'nextAtMs'] } },
});

/** The goods, or null. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<Goods | null> {
  return reader.find(collection, id);
}

/**
 * The id under which a product can be sold at a price now; null when it cannot yet. It is peeked at, because live
 * goods stay live.
 */
export async function liveAt(
  tx: Pick<Tx, 'peek'>,
  productId: ProductId,
  priceFen: Fen,
  now: TimeMs,
): Promise<{ readonly id: string; readonly priceFen: Fen } | null> {
  const goods = await tx.peek(collection, goodsId(productId, priceFen));
  return goods !== null && isLive(goods, now) ? { id: goods.id, priceFen } : null;
}

/** Stores new goods. */
export function insert(tx: Tx, goods: Goods): Promise<void> {
  return tx.insert(collection, goods);
}

/** Stores the goods' new state. */
export function save(tx: Tx, before: Goods, after: Goods): Promise<void> {
  return store(tx, collection, before, after);
}

/** Up to `limit` goods in a state that are due, the longest waiting first. */
export async function due(
  reader: Pick<Reader, 'list'>,
  state: GoodsState,
  now: TimeMs,
  limit: number,
): Promise<readonly Goods[]> {
  const page = await reader.list(collection, {
    index: 'byState',
    where: { state },
    range: { field: 'nextAtMs', from: 0, below: now + 1 },
    order: 'ascending',
    limit,
    cursor: null,
  });
  return page.items;
}
