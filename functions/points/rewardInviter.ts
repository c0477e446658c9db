import { friendBought } from '../../events/friendBought.ts';
import * as invitations from '../../shared/data/identity/invitations.ts';
import * as users from '../../shared/data/identity/users.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import { rewardDueAtMs, rewardFor } from '../../shared/domain/points/pointsRewards.ts';
import { promiseFriendReward } from '../../shared/flows/points/pointsRewards.ts';
import { consumer } from '../../shared/function.ts';
import { SECOND_MS } from '../../shared/schemas/base.ts';

/**
 * Promises points to the inviter of a buyer, for the buyer's first order above a minimum amount.
 *
 * The points are a share of what was paid. They can be spent once the order can no longer be refunded. Friends beyond
 * the number allowed in a day earn nothing, now or later. An order whose money has already all gone back does not
 * count.
 */
export const rewardInviter = consumer({ on: friendBought }, async ({ data, tx, now, ports }) => {
  const { orderId, userId: friendId, paidFen, paidAtMs } = data;
  const count = rewardFor('friend_bought', paidFen, ports.settings.selling);
  if (count === 0) return;
  const invitation = await invitations.find(tx, friendId);
  if (invitation === null || invitation.orderId !== null) return;
  // Rails give payment times in whole seconds, so the time of the invitation is rounded down to one as well.
  if (paidAtMs < invitation.createdAtMs - (invitation.createdAtMs % SECOND_MS)) return;
  const order = await orders.find(tx, orderId);
  if (order !== null && order.refundedFen === order.payableFen) return;
  const userId = await users.presentIdOf(tx, invitation.inviterId);
  if (userId === friendId) return;
  const promised = await promiseFriendReward(tx, { userId, friendId, count, now });
  const dueAtMs = promised === 0 ? null : rewardDueAtMs(order?.lines ?? [], paidAtMs);
  await invitations.save(tx, invitation, {
    ...invitation,
    inviterId: userId,
    orderId,
    promised,
    dueAtMs,
    updatedAtMs: now,
  });
});
