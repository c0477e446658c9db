import * as orders from '../../shared/data/orders/orders.ts';
import { added, eachDue } from '../../shared/flows/eachDue.ts';
import { closeOrder } from '../../shared/flows/orders/closeOrder.ts';
import { paced } from '../../shared/flows/payments/paced.ts';
import { timer } from '../../shared/function.ts';
import { Rail } from '../../shared/schemas/orders/order.ts';

/**
 * Closes orders whose pay window has ended, and tries again those the rail gave no clear answer about.
 *
 * What was paid at the last moment is settled instead. The orders themselves say when they are due, so nothing is
 * lost with a process; a timer that overlaps itself finds a try under way and leaves it alone. The rails are asked at
 * their pace, the longest due first. A rail that is not asked any more in this run holds up neither another one nor
 * orders that it has never heard of.
 */
export const closeExpiredOrders = timer(
  { cron: '0 * * * * * *', budgetMs: 55_000 },
  async ({ now, ports, requestId, hasTime }) => {
    const inTurn = paced(ports, { urgency: 'backlog', hasTime });
    const closeAllOf = (rail: Rail) => {
      let isShut = false;
      return eachDue(
        orders.dueOf(ports.database, rail, now),
        async ({ id, paymentOpenedAtMs }) => {
          if (isShut && paymentOpenedAtMs !== null) return 'left';
          const { order, isUnasked } = await closeOrder(inTurn, id, { reason: 'expired', now, requestId });
          isShut ||= isUnasked;
          return isUnasked ? 'unasked' : order.state;
        },
        { noun: 'order', hasTime, log: ports.log },
      );
    };
    return added(await Promise.all(Rail.options.map(closeAllOf)));
  },
);
