import * as invitations from '../../shared/data/identity/invitations.ts';
import * as refunds from '../../shared/data/refunds/refunds.ts';
import { eachDue } from '../../shared/flows/eachDue.ts';
import { payFriendReward } from '../../shared/flows/points/pointsRewards.ts';
import { timer } from '../../shared/function.ts';

/**
 * Makes promised points of inviters spendable, once the order that earned them can no longer be refunded.
 *
 * At most the reward for the money that was kept is paid: points promised for money that went back are dropped. While
 * staff have not decided about a refund of the order, the points wait.
 */
export const payRewards = timer({ cron: '0 7 * * * * *', budgetMs: 50_000 }, ({ now, ports, hasTime }) =>
  eachDue(
    invitations.due(ports.database, now),
    async ({ id, orderId }) => {
      const asked = orderId === null ? [] : await refunds.ofOrder(ports.database, orderId);
      if (asked.some(({ state }) => state === 'requested')) return 'waiting';
      return ports.database.tx((tx) => payFriendReward(tx, id, ports.settings.selling, now));
    },
    { noun: 'rewards', hasTime, log: ports.log },
  ),
);
