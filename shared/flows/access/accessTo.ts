/** Reads what a user holds, and derives what they may do. */
import * as entitlements from '../../data/access/entitlements.ts';
import * as memberships from '../../data/access/memberships.ts';
import { type Access, accessOf, NO_ACCESS } from '../../domain/access/access.ts';
import type { Usable } from '../../domain/catalogue/product.ts';
import type { Reader } from '../../ports/database.ts';
import type { Entitlement } from '../../schemas/access/entitlement.ts';
import type { ProductId, TimeMs, UserId } from '../../schemas/base.ts';

const BUNDLES_IN_TX = 8;

/** How many documents are read at once. */
const READ_MAX = 100;

/** A transaction, or the database, which can read many documents at once. */
type Finder = Pick<Reader, 'find'> & Partial<Pick<Reader, 'findMany'>>;

async function entitlementsOf(
  reader: Finder,
  userId: UserId,
  productIds: readonly ProductId[],
): Promise<readonly Entitlement[]> {
  const { findMany } = reader;
  if (findMany !== undefined && productIds.length > 1) {
    const many = { findMany: findMany.bind(reader) };
    const found: Entitlement[] = [];
    for (let from = 0; from < productIds.length; from += READ_MAX) {
      found.push(...(await entitlements.findMany(many, userId, productIds.slice(from, from + READ_MAX))));
    }
    return found;
  }
  const found = await Promise.all(productIds.map((id) => entitlements.find(reader, userId, id)));
  return found.filter((one) => one !== null);
}

/**
 * How many bundles are read. A transaction can touch only a limited number of documents, so for several products it
 * reads only the bundles the user was given last.
 */
function bundlesMax(reader: Finder, productCount: number): number {
  return reader.findMany === undefined && productCount > 1 ? BUNDLES_IN_TX : Number.POSITIVE_INFINITY;
}

/**
 * What a user may do with each of these products now. With `except`, what they have of that bundle is ignored.
 *
 * It makes two parallel reads of up to a hundred documents, and another one only when the user has a bundle or
 * column that contains, or once contained, one of the products. In a transaction (then with at most 50 products), a
 * concurrent purchase makes the transaction run again.
 */
export async function accessTo(
  reader: Finder,
  userId: UserId,
  products: readonly Usable[],
  now: TimeMs,
): Promise<(product: Usable, except?: ProductId) => Access> {
  const ids = products.map(({ id }) => id);
  const [membership, own] = await Promise.all([
    memberships.find(reader, userId),
    entitlementsOf(reader, userId, ids),
  ]);
  const bundleIds = new Set(
    products.flatMap(({ partOf, leftOf }) => [...partOf, ...leftOf.map(({ productId }) => productId)]),
  );
  const asked = new Map(products.map((product) => [product.id, product]));
  const missing = (membership?.bundles ?? [])
    .filter((id) => bundleIds.has(id) && !asked.has(id))
    .slice(-bundlesMax(reader, products.length));
  const bundles = [...own, ...(await entitlementsOf(reader, userId, missing))];
  const byProduct = new Map(bundles.map((entitlement) => [entitlement.productId, entitlement]));
  return (product, except) => {
    if (!asked.has(product.id)) return NO_ACCESS;
    const of = [...product.partOf, ...product.leftOf.map(({ productId }) => productId)];
    const had = of.flatMap((id) => (id === except ? [] : (byProduct.get(id) ?? [])));
    const entitlement = byProduct.get(product.id) ?? null;
    return accessOf(product, { entitlement, bundles: had, membership }, now);
  };
}

/** What a user may do with one product now, as `accessTo` says. */
export async function accessToOne(
  reader: Finder,
  userId: UserId,
  product: Usable,
  now: TimeMs,
): Promise<Access> {
  return (await accessTo(reader, userId, [product], now))(product);
}
