import * as invitations from '../../shared/data/identity/invitations.ts';
import * as refunds from '../../shared/data/refunds/refunds.ts';
import { eachDue } from '../../shared/flows/eachDue.ts';
import { payFriendReward } from '../../shared/flows/points/pointsRewards.ts';
import { timer } from '../../shared/function.ts';

/**
 * Lets inviters spend what they were promised, once the order that earned it can no longer be given back.
 *
 * As much as fits what was kept of the money; the rest is dropped. While staff have not decided about a refund of the
 * order, it waits.
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
