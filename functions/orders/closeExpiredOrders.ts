import * as orders from '../../shared/data/orders/orders.ts';
import { added, eachDue } from '../../shared/flows/eachDue.ts';
import { closeOrder } from '../../shared/flows/orders/closeOrder.ts';
import { paced } from '../../shared/flows/payments/paced.ts';
import { timer } from '../../shared/function.ts';
import { Rail } from '../../shared/schemas/orders/order.ts';

/**
 * Closes orders whose pay window has ended, and retries those about which the rail gave no clear answer.
 *
 * An order that was paid at the last moment is settled instead. The due times are stored in the orders, so a crash
 * loses nothing. If two runs overlap, the second leaves a try that is in progress alone. Each rail is asked at its own
 * pace, the longest due order first. When a rail is no longer asked in this run, the other rails go on, and so do
 * orders that this rail has never heard of.
 */
export const closeExpiredOrders = timer(
  { cron: '0 * * * * * *', budgetMs: 50_000 },
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
