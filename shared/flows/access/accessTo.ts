/** Reading what a user holds, and saying what they may do by it. */
import * as entitlements from '../../data/access/entitlements.ts';
import * as memberships from '../../data/access/memberships.ts';
import { type Access, accessOf, NO_ACCESS } from '../../domain/access/access.ts';
import type { Usable } from '../../domain/catalogue/product.ts';
import type { Reader } from '../../ports/database.ts';
import type { Entitlement } from '../../schemas/access/entitlement.ts';
import type { ProductId, TimeMs, UserId } from '../../schemas/base.ts';

const BUNDLES_IN_TX = 8;

/** A transaction, or the database: the latter reads many at once. */
type Finder = Pick<Reader, 'find'> & Partial<Pick<Reader, 'findMany'>>;

async function entitlementsOf(
  reader: Finder,
  userId: UserId,
  productIds: readonly ProductId[],
): Promise<readonly Entitlement[]> {
  const [only] = productIds;
  if (only === undefined) return [];
  if (productIds.length > 1 && reader.findMany !== undefined) {
    return entitlements.findMany({ findMany: reader.findMany.bind(reader) }, userId, productIds);
  }
  const found = await Promise.all(productIds.map((id) => entitlements.find(reader, userId, id)));
  return found.filter((one) => one !== null);
}

/**
 * How many bundles are looked at: in a transaction, which can touch only so many documents, of many products at once
 * only those that the user was given last.
 */
function bundlesMax(reader: Finder, productCount: number): number {
  return reader.findMany === undefined && productCount > 1 ? BUNDLES_IN_TX : Number.POSITIVE_INFINITY;
}

/**
 * What a user may do with each of these products (at most 50) now. Two reads at the same time; a third only for who
 * has a bundle or column that one of the products is in. Given a transaction, what is bought meanwhile makes it run
 * again.
 */
export async function accessTo(
  reader: Finder,
  userId: UserId,
  products: readonly Usable[],
  now: TimeMs,
): Promise<(product: Usable) => Access> {
  const [membership, own] = await Promise.all([
    memberships.find(reader, userId),
    entitlementsOf(
      reader,
      userId,
      products.map(({ id }) => id),
    ),
  ]);
  const partOf = new Set(products.flatMap((product) => product.partOf));
  const missing = (membership?.bundles ?? [])
    .filter((id) => partOf.has(id) && !products.some((product) => product.id === id))
    .slice(-bundlesMax(reader, products.length));
  const bundles = [...own, ...(await entitlementsOf(reader, userId, missing))];
  const asked = new Map(products.map((product) => [product.id, product]));
  return (product) => {
    if (!asked.has(product.id)) return NO_ACCESS;
    const entitlement = own.find(({ productId }) => productId === product.id) ?? null;
    return accessOf(product, { entitlement, bundles, membership }, now);
  };
}

/** What a user may do with one product now: as `accessTo` says it. */
export async function accessToOne(
  reader: Finder,
  userId: UserId,
  product: Usable,
  now: TimeMs,
): Promise<Access> {
  return (await accessTo(reader, userId, [product], now))(product);
}
