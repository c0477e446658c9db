import * as products from '../../data/catalogue/products.ts';
import { type Access, isCovered } from '../../domain/access/access.ts';
import { fail } from '../../errors.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import type { Order } from '../../schemas/orders/order.ts';
import { accessTo } from './accessTo.ts';
import { type BundleParts, isAllHad, partsHad } from './partsHad.ts';

/** Something that a user is about to get, and its access rule. */
export type Wanted = Pick<
  Product,
  'id' | 'kind' | 'isFreeForMembers' | 'partOf' | 'leftOf' | 'parts' | 'access'
>;

/** What a user already has of the wanted products. */
export interface Owned {
  /** What they may do with each product now. */
  readonly access: (product: Wanted) => Access;
  /**
   * Products that would gain the user nothing: they have access for ever or for at least as long, or they have all
   * parts of it. The value is the end of their access (exclusive); null for ever.
   */
  readonly covered: ReadonlyMap<ProductId, TimeMs | null>;
  /** For each bundle and column: its parts, and which of them the user has. */
  readonly bundles: ReadonlyMap<ProductId, BundleParts>;
}

/**
 * What a user already has of the products they are about to get. Memberships never count, because they are renewed;
 * access that ends earlier does not count either. In a transaction, a concurrent purchase of the products themselves
 * makes it run again. The parts of bundles are read outside the transaction.
 */
export async function ownedAmong(
  reader: Pick<Reader, 'find'>,
  database: Pick<Reader, 'find' | 'findMany'>,
  userId: UserId,
  wanted: readonly Wanted[],
  now: TimeMs,
): Promise<Owned> {
  const access = await accessTo(reader, userId, wanted, now);
  const bundles = await partsHad(database, userId, wanted, now);
  const covered = new Map<ProductId, TimeMs | null>();
  for (const product of wanted) {
    const has = access(product);
    if (isCovered(product.access, has, now)) covered.set(product.id, has.untilAtMs);
    else if (isAllHad(bundles.get(product.id))) covered.set(product.id, null);
  }
  return { access, covered, bundles };
}

/**
 * Refuses products that would give the buyer nothing.
 * @throws product.already_owned with all of them, and the end of the access to the first
 */
export function refuseIfCovered({ covered }: Pick<Owned, 'covered'>): void {
  const [first] = covered;
  if (first === undefined) return;
  const [productId, untilAtMs] = first;
  throw fail('product.already_owned', { params: { productId, untilAtMs, productIds: [...covered.keys()] } });
}

/**
 * Refuses to give a user what would gain them nothing, as `ownedAmong` says.
 * @throws product.already_owned
 */
export async function refuseIfOwned(
  tx: Tx,
  database: Pick<Reader, 'find' | 'findMany'>,
  userId: UserId,
  wanted: readonly Wanted[],
  now: TimeMs,
): Promise<void> {
  refuseIfCovered(await ownedAmong(tx, database, userId, wanted, now));
}

/** What the buyer of an order would now pay for in vain. */
export interface OwnedOfOrder {
  /** Lines for the buyer's own use that they have without this order, with the end of that access. */
  readonly covered: Owned['covered'];
  /** Parts of bundles that the buyer got elsewhere since the order was placed. Their price is still in the order. */
  readonly parts: readonly ProductId[];
  /** Whether every line is in `covered`. */
  readonly isAll: boolean;
}

/**
 * Which products of an order its buyer has by now in another way. Gifts and memberships are left out, because they can
 * be bought again.
 */
export async function ownedOfOrder(
  tx: Tx,
  database: Pick<Reader, 'find' | 'findMany'>,
  { userId, lines }: Pick<Order, 'userId' | 'lines'>,
  now: TimeMs,
): Promise<OwnedOfOrder> {
  const own = lines.filter((line) => line.gifts === 0 && line.plan === null);
  const found = await products.peekMany(
    tx,
    own.map(({ productId }) => productId),
  );
  const promised = new Map(own.map((line) => [line.productId, line]));
  const wanted = found.map((product) => ({
    ...product,
    access: promised.get(product.id)?.access ?? product.access,
  }));
  const { covered, bundles } = await ownedAmong(tx, database, userId, wanted, now);
  const parts = [...bundles].flatMap(([id, { had }]) => {
    const line = promised.get(id);
    return line === undefined || line.paidFen === 0
      ? []
      : had.filter((part) => !line.ownedParts.includes(part));
  });
  return { covered, parts, isAll: covered.size === lines.length };
}

/**
 * Refuses an order when the buyer already has one of its lines, or a bundle part that was not left out of the price.
 * @throws product.already_owned
 */
export async function refuseIfPaidTwice(
  tx: Tx,
  database: Pick<Reader, 'find' | 'findMany'>,
  order: Pick<Order, 'userId' | 'lines'>,
  now: TimeMs,
): Promise<void> {
  const { covered, parts } = await ownedOfOrder(tx, database, order, now);
  const all = new Map([...covered, ...parts.map((part) => [part, null] as const)]);
  refuseIfCovered({ covered: all });
}
