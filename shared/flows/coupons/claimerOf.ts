import * as entitlements from '../../data/access/entitlements.ts';
import * as memberships from '../../data/access/memberships.ts';
import { membershipUntilAtMs } from '../../domain/access/membership.ts';
import type { Claimer } from '../../domain/coupons/couponTemplate.ts';
import type { Reader } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { CouponTemplate } from '../../schemas/coupons/coupon.ts';

/**
 * What a coupon template has to know of a user. Facts that the template does not ask for are not read, and are
 * answered `false`.
 */
export async function claimerOf(
  reader: Pick<Reader, 'find'>,
  template: CouponTemplate,
  who: {
    readonly userId: UserId;
    readonly registeredAtMs: TimeMs;
    readonly claimedCount: number;
    readonly now: TimeMs;
  },
): Promise<Claimer> {
  const { userId, registeredAtMs, claimedCount, now } = who;
  const { audience, buyersOf } = template;
  const membership = audience === 'members' ? await memberships.find(reader, userId) : null;
  const own = await Promise.all(buyersOf.map((productId) => entitlements.find(reader, userId, productId)));
  const sources = own.flatMap((entitlement) => entitlement?.sources ?? []);
  return {
    registeredAtMs,
    claimedCount,
    isMember: now < membershipUntilAtMs(membership, 'platform'),
    hasBought: sources.some(({ cause, state }) => cause === 'order' && state === 'active'),
  };
}
