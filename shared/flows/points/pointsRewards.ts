/** Rewards that several consumers give, and what becomes of a pending one. */
import { friendBought } from '../../../events/friendBought.ts';
import { orderPaid } from '../../../events/orderPaid.ts';
import * as invitations from '../../data/identity/invitations.ts';
import * as orders from '../../data/orders/orders.ts';
import * as points from '../../data/points/points.ts';
import { amountOf, clawBack, openBook, settlePromise } from '../../domain/points/points.ts';
import { type RewardAsked, reward, rewardFor } from '../../domain/points/pointsRewards.ts';
import type { Fact } from '../../event.ts';
import type { Tx } from '../../ports/database.ts';
import type { OrderId, TimeMs, UserId } from '../../schemas/base.ts';
import type { Invitation } from '../../schemas/identity/invitation.ts';
import type { Selling } from '../../schemas/pricing/selling.ts';

/** Gives a user a reward, once for each id, unless the daily limit for its kind is reached. */
export async function giveReward(
  tx: Tx,
  { userId, ...asked }: Omit<RewardAsked, 'isPending'> & { readonly userId: UserId },
): Promise<void> {
  await writeReward(tx, userId, { ...asked, isPending: false });
}

/**
 * The facts of a payment. When the buyer was invited, and nobody has been rewarded for that yet, there is
 * `friend.bought` beside `order.paid`. Few buyers are invited, and a task costs more than this look.
 */
export async function withFriend(tx: Tx, buyerId: UserId, facts: readonly Fact[]): Promise<readonly Fact[]> {
  const paid = facts.find(({ event }) => event.name === orderPaid.name);
  const invitation = paid === undefined ? null : await invitations.find(tx, buyerId);
  if (paid === undefined || invitation === null || invitation.orderId !== null) return facts;
  return [...facts, { ...paid, event: friendBought }];
}

/**
 * Promises an inviter points that become spendable later, once for each friend. Returns how many; 0 when the daily
 * limit is reached.
 */
export async function promiseFriendReward(
  tx: Tx,
  asked: { readonly userId: UserId; readonly friendId: UserId; readonly count: number; readonly now: TimeMs },
): Promise<number> {
  const { userId, friendId, count, now } = asked;
  const id = `${friendId}:friend_bought`;
  const one = { id, kind: 'friend_bought', points: count, isPending: true, now } as const;
  return (await writeReward(tx, userId, one)) ? count : 0;
}

async function writeReward(tx: Tx, userId: UserId, asked: RewardAsked): Promise<boolean> {
  if ((await points.findEntry(tx, asked.id)) !== null) return false;
  const before = await points.findAccount(tx, userId);
  const after = reward(openBook(before, userId, asked.now), asked);
  if (after === null) return false;
  await points.save(tx, before, after);
  return true;
}

/**
 * Makes the points promised for a friend's order spendable, as far as the order's money was kept, and drops the
 * rest. Safe to repeat. Returns what became of them; `kept` when nothing was due.
 */
export async function payFriendReward(
  tx: Tx,
  friendId: UserId,
  selling: Selling,
  now: TimeMs,
): Promise<'paid' | 'dropped' | 'kept'> {
  const invitation = await invitations.find(tx, friendId);
  if (invitation === null || invitation.orderId === null || invitation.dueAtMs === null) return 'kept';
  const order = await orders.get(tx, invitation.orderId);
  const keptFen = order.payableFen - order.refundedFen - order.refundingFen;
  const count = Math.min(invitation.promised, rewardFor('friend_bought', keptFen, selling));
  await settle(tx, invitation, count, now);
  await invitations.save(tx, invitation, { ...invitation, dueAtMs: null, updatedAtMs: now });
  return count > 0 ? 'paid' : 'dropped';
}

async function settle(tx: Tx, invitation: Invitation, count: number, now: TimeMs): Promise<void> {
  const { id: friendId, inviterId, promised } = invitation;
  const before = await points.findAccount(tx, inviterId);
  const cause = count > 0 ? ('reward_due' as const) : ('reward_dropped' as const);
  const why = { id: `${friendId}:friend_due`, cause, orderId: null, reason: null };
  await points.save(
    tx,
    before,
    settlePromise(openBook(before, inviterId, now), why, { promised, count, now }),
  );
}

/**
 * Takes back what an inviter earned by a friend's order whose money has all gone back, once. Pending points are
 * dropped; points that were already spent are owed. Nothing happens when the order earned nobody a reward.
 */
export async function undoFriendReward(
  tx: Tx,
  order: { readonly orderId: OrderId; readonly userId: UserId; readonly now: TimeMs },
): Promise<void> {
  const { orderId, userId: friendId, now } = order;
  const invitation = await invitations.find(tx, friendId);
  if (invitation?.orderId !== orderId || invitation.isUndone) return;
  await invitations.save(tx, invitation, { ...invitation, isUndone: true, dueAtMs: null, updatedAtMs: now });
  if (invitation.dueAtMs !== null) return settle(tx, invitation, 0, now);
  // Older rewards were given at once, under another entry id.
  const given = [
    await points.findEntry(tx, `${friendId}:friend_bought`),
    await points.findEntry(tx, `${friendId}:friend_due`),
  ];
  const count = given.reduce((sum, entry) => sum - (entry === null ? 0 : amountOf(entry, 'issued')), 0);
  if (count === 0) return;
  const before = await points.findAccount(tx, invitation.inviterId);
  const why = {
    id: `${friendId}:friend_refunded`,
    cause: 'reward_claw_back',
    orderId: null,
    reason: null,
  } as const;
  const book = openBook(before, invitation.inviterId, now);
  await points.save(tx, before, clawBack(book, why, count, now));
}
