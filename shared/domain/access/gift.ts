/**
 * Gifts: order lines bought for a number of friends.
 *
 *   open ── refund ──▶ revoked     unclaimed places are taken back, claimed ones stay
 *     ▲                   │
 *     └─ refund closed ───┘
 */
import { fail } from '../../errors.ts';
import { type Gift, giftId } from '../../schemas/access/gift.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Order, PricedLine } from '../../schemas/orders/order.ts';

/** The gift for one line of a paid order. It is `revoked` from the start when the line is already being refunded. */
export function newGift(order: Order, line: PricedLine, now: TimeMs): Gift {
  const { productId, productVersion: version, kind, title, access, plan, gifts: count } = line;
  return {
    id: giftId(order.id, productId),
    orderId: order.id,
    productId,
    buyerId: order.userId,
    kind,
    title,
    access,
    plan,
    version,
    count,
    claims: [],
    state: order.revoked.includes(productId) ? 'revoked' : 'open',
    createdAtMs: now,
    updatedAtMs: now,
  };
}

/** How many places are unclaimed. Only these can be refunded. */
export function giftRefundableCount(gift: Gift): number {
  return gift.count - gift.claims.length;
}

/** How many places can be claimed now. */
export function claimableCount(gift: Gift): number {
  return gift.state === 'revoked' ? 0 : giftRefundableCount(gift);
}

/**
 * The gift with its unclaimed places taken back or open again. The same object is returned when it is in that state.
 */
export function withState(gift: Gift, state: Gift['state'], now: TimeMs): Gift {
  return gift.state === state ? gift : { ...gift, state, updatedAtMs: now };
}

/**
 * The gift with one more claim. The same object is returned when this friend has already claimed.
 * @throws gift.not_for_yourself, gift.taken_back, gift.none_left
 */
export function claimGift(gift: Gift, userId: UserId, now: TimeMs): Gift {
  if (gift.claims.some((claim) => claim.userId === userId)) return gift;
  if (gift.buyerId === userId) throw fail('gift.not_for_yourself');
  if (gift.state === 'revoked') throw fail('gift.taken_back');
  if (giftRefundableCount(gift) === 0) throw fail('gift.none_left');
  return { ...gift, claims: [...gift.claims, { userId, atMs: now }], updatedAtMs: now };
}
