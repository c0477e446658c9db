import { orderPaid } from '../../events/orderPaid.ts';
import * as points from '../../shared/data/points/points.ts';
import { earn, openBook } from '../../shared/domain/points/points.ts';
import { consumer } from '../../shared/function.ts';

/**
 * Gives a buyer the points a paid order earns. An order of less than one yuan earns no entry at all.
 *
 * What a refund takes back is written by the refund, whether it comes before or after this: what it took too early is
 * owed, and paid by what is earned here. So an order whose money has all gone back leaves no points, in either order.
 */
export const accruePoints = consumer({ on: orderPaid }, async ({ data, tx, now }) => {
  const { orderId, userId, earnsPoints } = data;
  if (earnsPoints === 0) return;
  const account = await points.findAccount(tx, userId);
  const why = { id: `${orderId}:earn`, cause: 'order_paid', orderId, reason: null } as const;
  await points.save(tx, account, earn(openBook(account, userId, now), why, earnsPoints, now));
});
