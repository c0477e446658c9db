import { orderPaid } from '../../events/orderPaid.ts';
import * as invitations from '../../shared/data/identity/invitations.ts';
import * as users from '../../shared/data/identity/users.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import { inviterReward, rewardDueAtMs } from '../../shared/domain/points/pointsRewards.ts';
import { promiseFriendReward } from '../../shared/flows/points/pointsRewards.ts';
import { consumer } from '../../shared/function.ts';
import { SECOND_MS } from '../../shared/schemas/base.ts';

/**
 * Promises points to whoever invited a buyer, for the first order of some size that was paid since: a share of what was
 * paid. They can be spent once the order can no longer be given back.
 *
 * What is beyond the day's number of friends earns nothing, and is not made up for later. An order whose money has all
 * gone back meanwhile was none.
 */
export const rewardInviter = consumer({ on: orderPaid }, async ({ data, tx, now, ports }) => {
  const { orderId, userId: friendId, paidFen, paidAtMs } = data;
  const count = inviterReward(paidFen, ports.settings.selling);
  if (count === 0) return;
  const invitation = await invitations.find(tx, friendId);
  if (invitation === null || invitation.orderId !== null) return;
  // Rails say when in whole seconds.
  if (paidAtMs < invitation.createdAtMs - (invitation.createdAtMs % SECOND_MS)) return;
  const order = await orders.find(tx, orderId);
  if (order !== null && order.refundedFen === order.payableFen) return;
  const userId = await users.presentIdOf(tx, invitation.inviterId);
  if (userId === friendId) return;
  const promised = await promiseFriendReward(tx, { userId, friendId, count, now });
  const dueAtMs = promised === 0 ? null : rewardDueAtMs(order?.lines ?? [], paidAtMs);
  await invitations.save(tx, {
    ...invitation,
    inviterId: userId,
    orderId,
    promised,
    dueAtMs,
    updatedAtMs: now,
  });
});
