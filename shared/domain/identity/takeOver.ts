/**
 * Binding a WeChat account that another user has logged in with: which user may be taken over, and what becomes of
 * both.
 */
import type { TimeMs } from '../../schemas/base.ts';
import type { User } from '../../schemas/identity/user.ts';
import type { Cart } from '../../schemas/orders/cart.ts';
import { LINES_MAX } from '../../schemas/orders/order.ts';
import { endSessions } from './session.ts';

/** What a user has, beyond what their own document says. */
export interface Belongings {
  /** Whether they have, or had, an order, access, a membership, points, a coupon or a gift. */
  readonly hasAny: boolean;
  /** Whether they can also log in by a user name. Without WeChat they would still be a user of their own. */
  readonly hasUserName: boolean;
}

/** Why a user cannot be taken over. */
export type NotTaken = 'belongings' | 'user_name' | 'staff' | 'banned';

/** Why a user cannot be taken over; null when nothing would be lost and no ban or role would be evaded. */
export function whyNotTaken(user: User, { hasAny, hasUserName }: Belongings): NotTaken | null {
  if (user.state === 'banned') return 'banned';
  if (user.role !== 'learner') return 'staff';
  if (user.isOwner || hasAny) return 'belongings';
  return hasUserName ? 'user_name' : null;
}

/** The user with this WeChat account. */
export function withWechat(user: User, openid: string, now: TimeMs): User {
  return { ...user, openid, updatedAtMs: now };
}

/** The user after being taken over: without WeChat, with all sessions ended, and given nothing from now on. */
export function takenOver(user: User, by: User, now: TimeMs): User {
  return { ...endSessions(user, now), openid: null, takenOverBy: by.id };
}

/**
 * The cart of the user who takes over, with the other cart's items added at the end, each product once, as far as
 * there is room. The same object is returned when there is nothing to add.
 */
export function joinedCart(cart: Cart | null, taken: Cart | null, by: User, now: TimeMs): Cart | null {
  const own = cart?.items ?? [];
  const added = (taken?.items ?? []).filter((item) => !own.some((one) => one.productId === item.productId));
  const items = [...own, ...added].slice(0, LINES_MAX);
  return items.length === own.length ? cart : { id: by.id, items, updatedAtMs: now };
}
