import { orderPaid } from '../../events/orderPaid.ts';
import * as points from '../../shared/data/points/points.ts';
import { earn, openBook } from '../../shared/domain/points/points.ts';
import { consumer } from '../../shared/function.ts';

/**
 * Gives a buyer the points that a paid order earns. An order of less than one yuan earns no entry at all.
 *
 * A refund writes its own entry when it takes points back, even if it comes before this one. Points taken too early are
 * owed, and what is earned here pays for them. So an order whose money has all gone back leaves no points, in either
 * order of events.
 */
export const accruePoints = consumer({ on: orderPaid }, async ({ data, tx, now }) => {
  const { orderId, userId, earnsPoints } = data;
  if (earnsPoints === 0) return;
  const account = await points.findAccount(tx, userId);
  const why = { id: `${orderId}:earn`, cause: 'order_paid', orderId, reason: null } as const;
  await points.save(tx, account, earn(openBook(account, userId, now), why, earnsPoints, now));
});
