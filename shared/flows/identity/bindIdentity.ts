/** Binding a WeChat account to a user, even one that another user has logged in with. */
import * as entitlements from '../../data/access/entitlements.ts';
import * as gifts from '../../data/access/gifts.ts';
import * as memberships from '../../data/access/memberships.ts';
import * as coupons from '../../data/coupons/coupons.ts';
import * as identities from '../../data/identity/identities.ts';
import * as users from '../../data/identity/users.ts';
import * as cases from '../../data/operations/cases.ts';
import * as carts from '../../data/orders/carts.ts';
import * as orders from '../../data/orders/orders.ts';
import * as points from '../../data/points/points.ts';
import { renewedIdentity, type WechatProof, wechatIdentity } from '../../domain/identity/identity.ts';
import {
  type Belongings,
  joinedCart,
  type NotTaken,
  takenOver,
  whyNotTaken,
} from '../../domain/identity/takeOver.ts';
import type { Database, Tx } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Identity, User } from '../../schemas/identity/user.ts';

const ONE = { limit: 1, cursor: null };

/**
 * What a user has. Documents of which each user has one are found in the transaction. The lists are read outside it.
 * They only matter for what was given before `isOwner` existed; since then, every gift, order and grant sets
 * `isOwner` in the user.
 */
async function belongingsOf(tx: Tx, database: Database, userId: UserId, now: TimeMs): Promise<Belongings> {
  const single = [await points.findAccount(tx, userId), await memberships.find(tx, userId)];
  const pages = await Promise.all([
    orders.ofUser(database, userId, { state: null, ...ONE }),
    entitlements.ofUser(database, userId, ONE),
    coupons.ofUser(database, { userId, state: null, now, ...ONE }),
    gifts.ofBuyer(database, userId, ONE),
  ]);
  const hasAny = single.some((doc) => doc !== null) || pages.some(({ items }) => items.length > 0);
  const own = await identities.ofUser(database, userId);
  return { hasAny, hasUserName: own.some(({ passwordHash }) => passwordHash !== null) };
}

/**
 * Makes a WeChat account a way to log in for a user: an account that is new, that is already theirs, or whose
 * present user has nothing and is taken over. Returns null, or why it is not possible; then nothing changes except
 * that a case is opened.
 */
export async function bindIdentity(
  tx: Tx,
  database: Database,
  asked: {
    readonly id: string;
    /** The identity stored under that id; null for a new account. */
    readonly identity: Identity | null;
    readonly taker: User;
    readonly proof: WechatProof;
    readonly now: TimeMs;
  },
): Promise<NotTaken | null> {
  const { id, identity, taker, proof, now } = asked;
  if (identity === null) {
    await identities.insert(tx, wechatIdentity({ id, userId: taker.id, proof, now }));
    return null;
  }
  const takenId = identity.userId;
  const why = takenId === taker.id ? null : await takeOver(tx, database, { takenId, taker, now });
  if (why === null) {
    await identities.save(tx, identity, renewedIdentity({ ...identity, userId: taker.id }, proof, now));
  }
  return why;
}

/**
 * Takes over the user who has logged in with a WeChat account so far, and moves their cart. If that is not possible,
 * a case is opened once for each pair of users, because only a person can judge whether both are the same.
 */
async function takeOver(
  tx: Tx,
  database: Database,
  { takenId, taker, now }: { readonly takenId: UserId; readonly taker: User; readonly now: TimeMs },
): Promise<NotTaken | null> {
  // The user is found before the lists are read, so anything given to them afterwards makes the transaction run
  // again.
  const taken = await users.get(tx, takenId);
  const why = whyNotTaken(taken, await belongingsOf(tx, database, takenId, now));
  if (why !== null) {
    const story = `用户 ${taker.id} 想绑定的微信属于用户 ${takenId}，不能自动合并（${STORIES[why]}）。请核实是否同一人。`;
    const about = { kind: 'wechat_taken', cause: `${taker.id}:${takenId}`, userId: taker.id } as const;
    await cases.openAgain(tx, { ...about, story }, now);
    return why;
  }
  await users.save(tx, taken, takenOver(taken, taker, now));
  const cart = await carts.find(tx, taker.id);
  const joined = joinedCart(cart, await carts.find(tx, takenId), taker, now);
  if (joined !== null) await carts.save(tx, cart, joined);
  return null;
}

const STORIES: Readonly<Record<NotTaken, string>> = {
  belongings: '对方有订单、课程、会员、积分、优惠券或礼物',
  user_name: '对方另有用户名',
  staff: '对方是工作人员',
  banned: '对方已被停用',
};
