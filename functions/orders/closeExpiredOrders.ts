import * as orders from '../../shared/data/orders/orders.ts';
import { eachDue } from '../../shared/flows/eachDue.ts';
import { closeOrder } from '../../shared/flows/orders/closeOrder.ts';
import { timer } from '../../shared/function.ts';

/**
 * Closes orders whose pay window has ended, and tries again those the rail gave no clear answer about.
 *
 * What was paid at the last moment is settled instead. The orders themselves say when they are due, so nothing is
 * lost with a process; a timer that overlaps itself finds a try under way and leaves it alone.
 */
export const closeExpiredOrders = timer(
  { cron: '0 * * * * * *', budgetMs: 50_000 },
  ({ now, ports, requestId, hasTime }) =>
    eachDue(
      orders.due(ports.database, now),
      async ({ id }) => (await closeOrder(ports, id, { reason: 'expired', now, requestId })).state,
      { noun: 'order', hasTime, log: ports.log },
    ),
);
