import { orderPaid } from '../../events/orderPaid.ts';
import * as entitlements from '../../shared/data/access/entitlements.ts';
import * as cases from '../../shared/data/operations/cases.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import { isBoughtTwice } from '../../shared/domain/access/entitlement.ts';
import { grantAccess } from '../../shared/flows/access/grantAccess.ts';
import { consumer } from '../../shared/function.ts';

/**
 * Gives a buyer access to each line of a paid order that is not for friends, from the moment it was paid.
 *
 * What the order promised counts, whatever has become of the catalogue since. The order itself is read: a line that a
 * refund has taken back by now is given as taken back, so that it is there if the refund fails. What another order has
 * given for ever before, because both were paid before either had given it, is put before staff.
 */
export const grantEntitlement = consumer({ on: orderPaid }, async ({ data, tx, now }) => {
  const order = await orders.get(tx, data.orderId);
  const { id, userId, lines, revoked } = order;
  for (const line of lines) {
    const { productId, kind, access, plan, gifts, paidFen: amountFen } = line;
    if (gifts > 0) continue;
    if (isBoughtTwice(await entitlements.find(tx, userId, productId), order, line)) {
      const story = '买家已可永久使用该商品，又有一笔订单付款买下了它。请联系买家，视情况退款。';
      const about = { orderId: id, userId, productId, amountFen };
      await cases.open(tx, { kind: 'bought_twice', cause: `${id}:${productId}`, story, ...about }, now);
    }
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
