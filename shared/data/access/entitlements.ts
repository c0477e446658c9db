/** What users have of products: one document for each user and product. */
import type { Page, Reader, Tx } from '../../ports/database.ts';
import { Entitlement, entitlementId } from '../../schemas/access/entitlement.ts';
import type { ProductId, UserId } from '../../schemas/base.ts';
import { all, defineCollection, store } from '../collection.ts';

/** From version 1, where every source was an order, and a date was a length of time. */
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

/** Found by id; `byUser` lists a user's own, what changed last first. */
export const collection = defineCollection({
  name: 'entitlements',
  schema: Entitlement,
  version: 2,
  upgrade: fromOrders,
  indexes: { byUser: { fields: ['userId', 'updatedAtMs'] }, ofUser: { fields: ['userId'] } },
});

/** The reasons a user has for a product, ended and revoked ones among them, or null when there never was one. */
export function find(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  productId: ProductId,
): Promise<Entitlement | null> {
  return reader.find(collection, entitlementId(userId, productId));
}

/** What there is of them, where the caller knows that there is something. @throws Error when there is nothing */
export async function get(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  productId: ProductId,
): Promise<Entitlement> {
  const found = await find(reader, userId, productId);
  if (found === null) throw new Error(`no entitlement ${entitlementId(userId, productId)}`);
  return found;
}

/** Those that there are of so many products, at most 100, in one read. */
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
 * One page of what a user has or had, what changed last first: for the user. What changes while they read may come
 * twice, or not again. @throws request.invalid for a cursor that is not ours
 */
export function lastChangedOf(
  reader: Reader,
  userId: UserId,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Entitlement>> {
  return reader.list(collection, { index: 'byUser', where: { userId }, order: 'descending', ...page });
}

/**
 * One page of the same by product: for staff. Whatever changes while somebody reads keeps its place.
 * @throws request.invalid for a cursor that is not ours
 */
export function ofUser(
  reader: Reader,
  userId: UserId,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Entitlement>> {
  return reader.list(collection, { index: 'ofUser', where: { userId }, order: 'ascending', ...page });
}

/** Stores what has become of `before`: nothing when it is the same object. */
export function save(tx: Tx, before: Entitlement | null, after: Entitlement): Promise<void> {
  return store(tx, collection, before, after);
}

/** Every one there is, one user's after the other's. */
export function everyOne(reader: Reader): AsyncGenerator<Entitlement> {
  return all(reader, collection, { index: 'ofUser', where: {}, order: 'ascending', limit: 200 });
}
