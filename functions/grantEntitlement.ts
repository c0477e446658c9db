import { orderPaid } from '../events/orderPaid.ts';
import * as orders from '../shared/data/orders.ts';
import { grantAccess } from '../shared/flows/grantAccess.ts';
import { consumer } from '../shared/function.ts';

/**
 * Gives a buyer access to each line of a paid order that is not for friends, from the moment it was paid.
 *
 * What the order promised counts, whatever has become of the catalogue since. The order itself is read: a line that a
 * refund has taken back by now is given as taken back, so that it is there if the refund fails.
 */
export const grantEntitlement = consumer({ on: orderPaid }, async ({ data, tx, now }) => {
  const { id, userId, lines, revoked } = await orders.get(tx, data.orderId);
  for (const { productId, kind, access, plan, gifts } of lines) {
    if (gifts > 0) continue;
    await grantAccess(tx, {
      userId,
      productId,
      kind,
      access,
      plan,
      sourceId: id,
      cause: 'order',
      fromAtMs: data.paidAtMs,
      state: revoked.includes(productId) ? 'revoked' : 'active',
      now,
    });
  }
});
