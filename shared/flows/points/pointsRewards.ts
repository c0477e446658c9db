/** Rewards that several consumers give, and what undoes one. */
import * as invitations from '../../data/identity/invitations.ts';
import * as points from '../../data/points/points.ts';
import { amountOf, clawBack, openBook } from '../../domain/points/points.ts';
import { reward } from '../../domain/points/pointsRewards.ts';
import type { Tx } from '../../ports/database.ts';
import type { OrderId, TimeMs, UserId } from '../../schemas/base.ts';
import type { DailyReward } from '../../schemas/points/points.ts';

/** Gives a user a reward, once for each id, unless that day had as many of its kind as a day may have. */
export async function giveReward(
  tx: Tx,
  asked: { readonly userId: UserId; readonly kind: DailyReward; readonly id: string; readonly now: TimeMs },
): Promise<void> {
  const { userId, id, now } = asked;
  if ((await points.findEntry(tx, id)) !== null) return;
  const before = await points.findAccount(tx, userId);
  const after = reward(openBook(before, userId, now), asked);
  if (after !== null) await points.save(tx, before, after);
}

/** The id in the ledger of what an inviter earned by this friend. */
export function friendRewardId(friendId: UserId): string {
  return `${friendId}:friend_bought`;
}

/**
 * Takes back what an inviter earned by a friend's order whose money has all gone back, once. What was spent already is
 * owed. An order that nobody earned by is left alone.
 */
export async function undoFriendReward(
  tx: Tx,
  order: { readonly orderId: OrderId; readonly userId: UserId; readonly now: TimeMs },
): Promise<void> {
  const { orderId, userId: friendId, now } = order;
  const invitation = await invitations.find(tx, friendId);
  if (invitation?.orderId !== orderId || invitation.isUndone) return;
  await invitations.save(tx, { ...invitation, isUndone: true, updatedAtMs: now });
  const earned = await points.findEntry(tx, friendRewardId(friendId));
  if (earned === null) return;
  const before = await points.findAccount(tx, invitation.inviterId);
  const why = {
    id: `${friendId}:friend_refunded`,
    cause: 'reward_claw_back',
    orderId: null,
    reason: null,
  } as const;
  const book = openBook(before, invitation.inviterId, now);
  await points.save(tx, before, clawBack(book, why, -amountOf(earned, 'issued'), now));
}
