/** The collection of gifts: one document for each order line that was bought for friends. */
import type { Page, Reader, Tx } from '../../ports/database.ts';
import { Gift, giftId } from '../../schemas/access/gift.ts';
import type { OrderId, ProductId, UserId } from '../../schemas/base.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by id. `byBuyer` lists a buyer's own. */
export const collection = defineCollection({
  name: 'gifts',
  schema: Gift,
  version: 1,
  indexes: { byBuyer: { fields: ['buyerId', 'createdAtMs'] } },
});

/** The gift of this order line; null when it is no gift, or when the payment has not been processed yet. */
export function find(
  reader: Pick<Reader, 'find'>,
  orderId: OrderId,
  productId: ProductId,
): Promise<Gift | null> {
  return reader.find(collection, giftId(orderId, productId));
}

/** The gift with this id, or null. */
export function findById(reader: Pick<Reader, 'find'>, id: string): Promise<Gift | null> {
  return reader.find(collection, id);
}

/** One page of a buyer's gifts, newest first. @throws request.invalid for a cursor that is not ours */
export function ofBuyer(
  reader: Reader,
  buyerId: UserId,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Gift>> {
  return reader.list(collection, { index: 'byBuyer', where: { buyerId }, order: 'descending', ...page });
}

/** Stores a new gift. */
export function insert(tx: Tx, gift: Gift): Promise<void> {
  return tx.insert(collection, gift);
}

/** Stores `after` in place of `before`. Does nothing when it is the same object. */
export function save(tx: Tx, before: Gift, after: Gift): Promise<void> {
  return store(tx, collection, before, after);
}
