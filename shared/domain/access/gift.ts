/**
 * Gifts: a line of an order for so many friends.
 *
 *   open ── refund ──▶ revoked     what nobody has claimed is taken back, what was claimed stays
 *     ▲                   │
 *     └─ refund closed ───┘
 */
import { fail } from '../../errors.ts';
import { type Gift, giftId } from '../../schemas/access/gift.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Order, PricedLine } from '../../schemas/orders/order.ts';

/** The gift that one line of a paid order is; `revoked` from the start when it is on its way back. */
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

/** How many of it nobody has claimed: what a refund can give back, and all that it can. */
export function giftRefundableCount(gift: Gift): number {
  return gift.count - gift.claims.length;
}

/** How many can be claimed now. */
export function claimableCount(gift: Gift): number {
  return gift.state === 'revoked' ? 0 : giftRefundableCount(gift);
}

/** The gift with what is unclaimed taken back, or there again; the very same object when it is so already. */
export function withState(gift: Gift, state: Gift['state'], now: TimeMs): Gift {
  return gift.state === state ? gift : { ...gift, state, updatedAtMs: now };
}

/**
 * The gift with one more claim; the very same object when this friend has claimed before.
 * @throws gift.not_for_yourself, gift.taken_back, gift.none_left
 */
export function claimGift(gift: Gift, userId: UserId, now: TimeMs): Gift {
  if (gift.claims.some((claim) => claim.userId === userId)) return gift;
  if (gift.buyerId === userId) throw fail('gift.not_for_yourself');
  if (gift.state === 'revoked') throw fail('gift.taken_back');
  if (giftRefundableCount(gift) === 0) throw fail('gift.none_left');
  return { ...gift, claims: [...gift.claims, { userId, atMs: now }], updatedAtMs: now };
}
