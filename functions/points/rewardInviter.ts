import { orderPaid } from '../../events/orderPaid.ts';
import * as invitations from '../../shared/data/identity/invitations.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import { friendRewardId, giveReward } from '../../shared/flows/points/pointsRewards.ts';
import { consumer } from '../../shared/function.ts';
import { SECOND_MS } from '../../shared/schemas/base.ts';

/**
 * Gives points to whoever invited a buyer, for the first order with money in it that was paid since. What is beyond the
 * day's number of friends earns nothing, and is not made up for later. An order whose money has all gone back meanwhile
 * was none.
 */
export const rewardInviter = consumer({ on: orderPaid }, async ({ data, tx, now }) => {
  const { orderId, userId: friendId, paidFen, paidAtMs } = data;
  if (paidFen === 0) return;
  const invitation = await invitations.find(tx, friendId);
  if (invitation === null || invitation.orderId !== null) return;
  // Rails say when in whole seconds.
  if (paidAtMs < invitation.createdAtMs - (invitation.createdAtMs % SECOND_MS)) return;
  const order = await orders.find(tx, orderId);
  if (order !== null && order.refundedFen === order.payableFen) return;
  const { inviterId: userId } = invitation;
  await giveReward(tx, { userId, kind: 'friend_bought', id: friendRewardId(friendId), now });
  await invitations.save(tx, { ...invitation, orderId, updatedAtMs: now });
});
