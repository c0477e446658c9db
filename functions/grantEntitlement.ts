import { orderPaid } from '../events/orderPaid.ts';
import * as entitlements from '../shared/data/entitlements.ts';
import { grant } from '../shared/domain/entitlement.ts';
import { consumer } from '../shared/function.ts';

/**
 * Gives a buyer access to each line of a paid order, from the moment it was paid.
 *
 * It reads nothing but the event: what the order promised counts, whatever has become of the catalogue since.
 */
export const grantEntitlement = consumer({ on: orderPaid }, async ({ data, tx, now }) => {
  const { orderId, userId, paidAtMs: fromAtMs } = data;
  for (const { productId, access } of data.lines) {
    const before = await entitlements.find(tx, userId, productId);
    const after = grant(before, { userId, productId, orderId, access, fromAtMs, now });
    await entitlements.save(tx, before, after);
  }
});
