import * as products from '../../data/catalogue/products.ts';
import { type Access, isCovered } from '../../domain/access/access.ts';
import { fail } from '../../errors.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import type { Order } from '../../schemas/orders/order.ts';
import { accessTo } from './accessTo.ts';
import { type BundleParts, isAllHad, partsHad } from './partsHad.ts';

/** Something that somebody is about to get, and for how long. */
export type Wanted = Pick<
  Product,
  'id' | 'kind' | 'isFreeForMembers' | 'partOf' | 'leftOf' | 'parts' | 'access'
>;

/** What of it they have already. */
export interface Owned {
  /** What they may do with each of it now. */
  readonly access: (product: Wanted) => Access;
  /**
   * What they would gain nothing by: it is had for ever, or at least as long, or all that is in it is. With when that
   * ends, exclusive; null for ever.
   */
  readonly covered: ReadonlyMap<ProductId, TimeMs | null>;
  /** Of each bundle and column what is in it, and which of that is had. */
  readonly bundles: ReadonlyMap<ProductId, BundleParts>;
}

/**
 * What a user has already of what they are about to get: never a membership, which is renewed, nor what ends before.
 * Given a transaction, what is bought of the products themselves meanwhile makes it run again; the parts of a bundle are
 * read beside it.
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

/** Refuses what would give its buyer nothing. @throws product.already_owned with all of it, and until when it is had */
export function refuseIfCovered({ covered }: Pick<Owned, 'covered'>): void {
  const [first] = covered;
  if (first === undefined) return;
  const [productId, untilAtMs] = first;
  throw fail('product.already_owned', { params: { productId, untilAtMs, productIds: [...covered.keys()] } });
}

/**
 * Refuses to give a user what they would gain nothing by: as `ownedAmong` says it.
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

/** What of an order its buyer would pay for in vain by now. */
export interface OwnedOfOrder {
  /** Lines for the buyer's own use that are had without the order, with when that ends. */
  readonly covered: Owned['covered'];
  /** Parts of bundles, got by something else since the order was placed: their price is still in it. */
  readonly parts: readonly ProductId[];
  /** Whether every line is one of `covered`. */
  readonly isAll: boolean;
}

/**
 * What of an order its buyer has by now without it. Neither gifts for friends nor memberships are among it: those can be
 * bought again.
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
 * Refuses an order of which something is had by now: a line, or a part of a bundle that was not left out of its price.
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
