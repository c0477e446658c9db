/**
 * Access: who may use what, and whether they can still buy it. This is the only such check, for products of every
 * kind.
 */

import type { Entitlement } from '../../schemas/access/entitlement.ts';
import type { Membership } from '../../schemas/access/membership.ts';
import { DAY_MS, type ProductId, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { AccessRule, Product } from '../../schemas/catalogue/product.ts';
import type { Usable } from '../catalogue/product.ts';
import { isOnShelf } from '../catalogue/shelf.ts';
import { type AccessPeriod, accessPeriods, endAtMs, lastEnd } from './entitlement.ts';
import { periodsOfScope } from './membership.ts';

/** Everything a user holds that may open one product. */
export interface Holdings {
  readonly entitlement: Entitlement | null;
  /** The user's entitlements for the bundles and columns that the product is or was part of. */
  readonly bundles: readonly Entitlement[];
  readonly membership: Membership | null;
}

/** What a user may do with a product. */
export interface Access {
  readonly mayUse: boolean;
  /** The end of the access (exclusive); null for never, or when `mayUse` is false. */
  readonly untilAtMs: TimeMs | null;
  /** The end of the access that bundles and memberships give, without the user's own entitlement. Null for never. */
  readonly besideUntilAtMs: TimeMs | null;
  /** The end of the access without the user's trial. Null for never, 0 for none. Only this keeps them from buying. */
  readonly ownedUntilAtMs: TimeMs | null;
  /** Whether the user has had a trial of the product. */
  readonly hadTrial: boolean;
  /**
   * The bundles and columns that give the access. Empty when the user also has it by the product's own entitlement
   * or by a membership.
   */
  readonly through: readonly ProductId[];
}

/** The access of a user who has nothing. */
export const NO_ACCESS: Access = {
  mayUse: false,
  untilAtMs: null,
  besideUntilAtMs: timeMs(0),
  ownedUntilAtMs: timeMs(0),
  hadTrial: false,
  through: [],
};

/** Whether a user has access by more than a trial. */
export function isOwned({ ownedUntilAtMs }: Pick<Access, 'ownedUntilAtMs'>): boolean {
  return ownedUntilAtMs !== 0;
}

const isLive = (untilAtMs: number, now: TimeMs) => now < untilAtMs;

const isTrial = ({ source }: AccessPeriod) => source.cause === 'trial';

/**
 * What a user may do with a product. Access comes from the product's own entitlement, from a bundle or column that
 * contains it, from a platform membership when the product is free for members, or from a membership of the product
 * or of a bundle it is in. The source that lasts longest counts. Memberships and questions themselves cannot be used.
 *
 * A trial lets a user use the product, and counts for nothing else: what they buy meanwhile begins at once.
 *
 * A length of time given for the product itself begins when the access ends that the user had at that time. Example:
 * a user has a course for ten more days by a bundle and buys a month of it. The access ends in forty days.
 *
 * Only the end of a period is compared with `now`. Its start is the time of payment, whose clock may be slightly
 * ahead.
 */
export function accessOf(product: Usable, holdings: Holdings, now: TimeMs): Access {
  if (product.kind === 'membership' || !isOnShelf(product)) return NO_ACCESS;
  const bundles = holdings.bundles.map((bundle) => ({
    id: bundle.productId,
    periods: accessPeriods(bundle).filter((period) => isInIt(product, bundle.productId, period)),
  }));
  const member = memberPeriods(product, holdings.membership);
  const beside = [...member, ...bundles.flatMap(({ periods }) => periods)];
  const besideUntilMs = lastEnd(beside);
  const own = accessPeriods(holdings.entitlement, beside);
  const ownUntilMs = Math.max(lastEnd(own.filter((period) => !isTrial(period))), lastEnd(member));
  const ownedUntilMs = Math.max(ownUntilMs, besideUntilMs);
  const untilMs = Math.max(ownedUntilMs, lastEnd(own));
  const hadTrial = own.some(isTrial);
  if (!isLive(untilMs, now)) return { ...NO_ACCESS, hadTrial };
  const live = bundles.filter(({ periods }) => isLive(lastEnd(periods), now));
  return {
    mayUse: true,
    untilAtMs: endAtMs(untilMs),
    besideUntilAtMs: endAtMs(besideUntilMs),
    ownedUntilAtMs: isLive(ownedUntilMs, now) ? endAtMs(ownedUntilMs) : timeMs(0),
    hadTrial,
    through: isLive(ownUntilMs, now) ? [] : live.map(({ id }) => id),
  };
}

/**
 * Whether a period of a bundle opens a product. It opens products that are in the bundle, and products that left it
 * after the user got the bundle. It does not open parts that were left out of the price because the buyer had them.
 */
function isInIt(product: Usable, bundleId: ProductId, { source }: AccessPeriod): boolean {
  if (source.without?.includes(product.id)) return false;
  if (product.partOf.includes(bundleId)) return true;
  const left = product.leftOf.find(({ productId }) => productId === bundleId);
  return left !== undefined && (source.version ?? 0) < left.version;
}

/**
 * The periods in which a user may use a product as a member. For a bundle that the product has left, only
 * memberships given before that count.
 */
function memberPeriods(product: Usable, membership: Membership | null) {
  const keys = [product.id, ...product.partOf, ...(product.isFreeForMembers ? ['platform'] : [])];
  const left = product.leftOf.flatMap(({ productId, atMs }) =>
    periodsOfScope(membership, productId).filter(({ givenAtMs }) => givenAtMs <= atMs),
  );
  return [...keys.flatMap((key) => periodsOfScope(membership, key)), ...left];
}

/**
 * Whether a purchase on these terms would gain the user nothing, so that it is refused. That is so when the existing
 * access has no end, or lasts at least as long as the purchase. A trial does not count.
 *
 * A time-limited entitlement of the product itself does not refuse a further length of time, because the new one is
 * added at its end. Access by a bundle or a membership does refuse a length of time that would end no later.
 */
export function isCovered(rule: AccessRule, access: Access, now: TimeMs): boolean {
  const { ownedUntilAtMs, besideUntilAtMs } = access;
  if (!isOwned(access)) return false;
  if (ownedUntilAtMs === null) return true;
  if (rule.kind === 'forever') return false;
  if (rule.kind === 'until') return rule.untilAtMs <= ownedUntilAtMs;
  return besideUntilAtMs === null || now + rule.days * DAY_MS <= besideUntilAtMs;
}

/**
 * Whether a part of a bundle need not be paid for again: as `isCovered`, for everything the user has except this
 * bundle. All access to a part then counts as access beside the bundle.
 */
export function isPartCovered(rule: AccessRule, access: Access, now: TimeMs): boolean {
  return isCovered(rule, { ...access, besideUntilAtMs: access.ownedUntilAtMs }, now);
}

/**
 * The parts that a bundle opens for a user: its parts that were paid for with it, and parts that have left it since
 * the user got it.
 */
export function openedParts(
  bundle: Pick<Product, 'parts' | 'formerParts'>,
  entitlement: Entitlement | null,
): ProductId[] {
  const active = (entitlement?.sources ?? []).filter(({ state }) => state === 'active');
  const isPaid = (id: ProductId) => active.some(({ without }) => without?.includes(id) !== true);
  const left = bundle.formerParts.filter(({ version }) =>
    active.some((source) => (source.version ?? 0) < version),
  );
  return [...bundle.parts, ...left.map(({ productId }) => productId)].filter(isPaid);
}
