import * as entitlements from '../../data/access/entitlements.ts';
import * as products from '../../data/catalogue/products.ts';
import * as orders from '../../data/orders/orders.ts';
import { keptFen } from '../../domain/refunds/refundQuote.ts';
import type { Tx } from '../../ports/database.ts';
import type { ProductId, TimeMs, UserId } from '../../schemas/base.ts';

/** How many orders and bundles are read at most: more than users have, and few enough for one transaction. */
const ORDERS_MAX = 5;
const BUNDLES_MAX = 5;

/**
 * What a user paid for a course that they have finished, and can no longer get back as a refund, in fen. For a bundle
 * that contains the course, it is an equal part of the bundle's amount, rounded down. 0 for access by a membership, a
 * gift, a code or points, because nothing was paid for it.
 */
export async function keptForCourse(
  tx: Pick<Tx, 'find' | 'peek'>,
  {
    userId,
    productId,
    now,
  }: { readonly userId: UserId; readonly productId: ProductId; readonly now: TimeMs },
): Promise<number> {
  const [course] = await products.peekMany(tx, [productId]);
  if (course === undefined) return 0;
  const bundles = await products.peekMany(tx, course.partOf.slice(0, BUNDLES_MAX));
  let kept = 0;
  for (const { id, parts } of [course, ...bundles]) {
    const entitlement = await entitlements.find(tx, userId, id);
    const paid = (entitlement?.sources ?? []).filter(
      ({ cause, state }) => cause === 'order' && state === 'active',
    );
    for (const { sourceId } of paid.slice(-ORDERS_MAX)) {
      const order = await orders.find(tx, sourceId);
      if (order !== null) kept += Math.floor(keptFen(order, id, now) / Math.max(1, parts.length));
    }
  }
  return kept;
}
