/** The collection of entitlements: one document for each user and product. */
import type { Page, Reader, Tx } from '../../ports/database.ts';
import { Entitlement, entitlementId } from '../../schemas/access/entitlement.ts';
import type { ProductId, UserId } from '../../schemas/base.ts';
import { defineCollection, store } from '../collection.ts';

/** Upgrades version 1, in which every source was an order, and a fixed date counted as a length of time. */
function fromOrders(doc: Record<string, unknown>): unknown {
  const sources = Array.isArray(doc.sources) ? doc.sources : [];
  const sourceOf = ({ orderId, ...rest }: Record<string, unknown>) => ({
    ...rest,
    sourceId: orderId,
    cause: 'order',
    isDated: false,
  });
  return { ...doc, sources: sources.map(sourceOf) };
}

/** Found by id. `byUser` lists a user's own, the one that changed last first; `ofUser` lists them by product. */
export const collection = defineCollection({
  name: 'entitlements',
  schema: Entitlement,
  version: 2,
  upgrade: fromOrders,
  indexes: { byUser: { fields: ['userId', 'updatedAtMs'] }, ofUser: { fields: ['userId'] } },
});

/** A user's entitlement for a product, with its ended and revoked sources; null when there never was one. */
export function find(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  productId: ProductId,
): Promise<Entitlement | null> {
  return reader.find(collection, entitlementId(userId, productId));
}

/** The entitlement, where the caller knows that it exists. @throws Error when there is none */
export async function get(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  productId: ProductId,
): Promise<Entitlement> {
  const found = await find(reader, userId, productId);
  if (found === null) throw new Error(`no entitlement ${entitlementId(userId, productId)}`);
  return found;
}

/** The existing entitlements for these products (at most 100), in one read. */
export function findMany(
  reader: Pick<Reader, 'findMany'>,
  userId: UserId,
  productIds: readonly ProductId[],
): Promise<Entitlement[]> {
  return reader.findMany(
    collection,
    productIds.map((id) => entitlementId(userId, id)),
  );
}

/**
 * One page of a user's entitlements, the one that changed last first, for the user. A document that changes between
 * pages may appear twice or be missed.
 * @throws request.invalid for a cursor that is not ours
 */
export function lastChangedOf(
  reader: Reader,
  userId: UserId,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Entitlement>> {
  return reader.list(collection, { index: 'byUser', where: { userId }, order: 'descending', ...page });
}

/**
 * One page of a user's entitlements by product, for staff. Changes between pages do not move a document.
 * @throws request.invalid for a cursor that is not ours
 */
export function ofUser(
  reader: Reader,
  userId: UserId,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Entitlement>> {
  return reader.list(collection, { index: 'ofUser', where: { userId }, order: 'ascending', ...page });
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Tx, before: Entitlement | null, after: Entitlement): Promise<void> {
  return store(tx, collection, before, after);
}
