import * as entitlements from '../../data/access/entitlements.ts';
import * as products from '../../data/catalogue/products.ts';
import * as orders from '../../data/orders/orders.ts';
import { keptFen } from '../../domain/refunds/refundQuote.ts';
import type { Tx } from '../../ports/database.ts';
import type { ProductId, TimeMs, UserId } from '../../schemas/base.ts';

/** How many orders and bundles are looked at: more than anybody has, and few enough for one transaction. */
const ORDERS_MAX = 5;
const BUNDLES_MAX = 5;

/**
 * What a user has paid for a course, and cannot ask back any more now that they have finished it, in fen. Of a bundle with
 * the course in it, it is one part's share. What came by a membership, a gift, a code or points was not paid for: 0.
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
