import { orderPaid } from '../../events/orderPaid.ts';
import * as cases from '../../shared/data/operations/cases.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import { isOnShelf } from '../../shared/domain/catalogue/shelf.ts';
import { grantAccess } from '../../shared/flows/access/grantAccess.ts';
import { ownedOfOrder } from '../../shared/flows/access/ownedAmong.ts';
import { consumer } from '../../shared/function.ts';

/**
 * Gives the buyer access to each line of a paid order, except gifts and questions, from the moment of payment.
 *
 * The terms stored in the order count, even if the catalogue has changed since. A line that has already been taken back
 * by a refund is stored as revoked, so that it can be restored if the refund fails. A case is opened for staff when the
 * buyer paid for a product that they already have for at least as long. This happens when two orders are paid before
 * either has granted access.
 */
export const grantEntitlement = consumer({ on: orderPaid }, async ({ data, tx, now, ports }) => {
  const order = await orders.get(tx, data.orderId);
  const { id, userId, lines, revoked, isHonoured } = order;
  // Staff already know about an order that was honoured at our cost.
  const kept = lines.filter(({ paidFen, productId }) => paidFen > 0 && !revoked.includes(productId));
  const paid = { userId, lines: isHonoured ? [] : kept };
  const { covered, parts } = await ownedOfOrder(tx, ports.database, paid, now);
  for (const productId of [...covered.keys(), ...parts]) {
    const line = lines.find((each) => each.productId === productId);
    const story = '买家已可使用该商品（不短于所购期限），又有一笔订单付款买下了它。请联系买家，视情况退款。';
    const about = { orderId: id, userId, productId, amountFen: line?.paidFen ?? null };
    await cases.open(tx, { kind: 'bought_twice', cause: `${id}:${productId}`, story, ...about }, now);
  }
  for (const line of lines) {
    const { productId, productVersion: version, kind, access, plan, gifts, shares, ownedParts } = line;
    if (gifts > 0 || !isOnShelf({ kind })) continue;
    const state = revoked.includes(productId) ? 'revoked' : 'active';
    const without = shares.ownedFen > 0 ? ownedParts : [];
    const given = { userId, productId, kind, access, plan, version, without, state, now } as const;
    await grantAccess(tx, { ...given, sourceId: id, cause: 'order', fromAtMs: data.paidAtMs });
  }
});
