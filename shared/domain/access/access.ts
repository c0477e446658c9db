/** Who may use what, and whether it can still be bought: the one check, for products of every kind. */

import type { Entitlement } from '../../schemas/access/entitlement.ts';
import type { Membership } from '../../schemas/access/membership.ts';
import { DAY_MS, type ProductId, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { AccessRule, Product } from '../../schemas/catalogue/product.ts';
import type { Usable } from '../catalogue/product.ts';
import { type AccessPeriod, accessPeriods, endAtMs, lastEnd } from './entitlement.ts';
import { periodsOfScope } from './membership.ts';

/** All that a user holds which may open one product. */
export interface Holdings {
  readonly entitlement: Entitlement | null;
  /** Of the bundles and columns that the product is or was part of. */
  readonly bundles: readonly Entitlement[];
  readonly membership: Membership | null;
}

/** What somebody may do with a product. */
export interface Access {
  readonly mayUse: boolean;
  /** When that ends, exclusive; null for never, or when they may not. */
  readonly untilAtMs: TimeMs | null;
  /** When it would end without what they have of the product itself: by bundles and memberships alone. Null for never. */
  readonly besideUntilAtMs: TimeMs | null;
  /** The bundles and columns through which alone they may; empty for who has it by itself or as a member. */
  readonly through: readonly ProductId[];
}

/** The access of somebody who has nothing. */
export const NO_ACCESS: Access = {
  mayUse: false,
  untilAtMs: null,
  besideUntilAtMs: timeMs(0),
  through: [],
};

const isLive = (untilAtMs: number, now: TimeMs) => now < untilAtMs;

/**
 * What somebody may do with a product: by what they were given of it, by a bundle or column that it is in, as a member
 * of the platform when it is free for members, or as a member of the product itself or of what it is in. Whichever
 * lasts longest counts. A membership is nothing that could be used.
 *
 * What they were given of the product itself for so many days begins when the access ends that they had when they got
 * it. A month of a course, bought by who has the course for ten more days by a bundle, ends in forty days.
 *
 * Only the end is looked at: a period begins when it was paid for, and the clock that said so may be a little ahead.
 */
export function accessOf(product: Usable, holdings: Holdings, now: TimeMs): Access {
  if (product.kind === 'membership') return NO_ACCESS;
  const bundles = holdings.bundles.map((bundle) => ({
    id: bundle.productId,
    periods: accessPeriods(bundle).filter((period) => isInIt(product, bundle.productId, period)),
  }));
  const member = memberPeriods(product, holdings.membership);
  const beside = [...member, ...bundles.flatMap(({ periods }) => periods)];
  const besideUntilMs = lastEnd(beside);
  const ownUntilMs = Math.max(lastEnd(accessPeriods(holdings.entitlement, beside)), lastEnd(member));
  const untilMs = Math.max(ownUntilMs, besideUntilMs);
  if (!isLive(untilMs, now)) return NO_ACCESS;
  const live = bundles.filter(({ periods }) => isLive(lastEnd(periods), now));
  return {
    mayUse: true,
    untilAtMs: endAtMs(untilMs),
    besideUntilAtMs: endAtMs(besideUntilMs),
    through: isLive(ownUntilMs, now) ? [] : live.map(({ id }) => id),
  };
}

/**
 * Whether a period of a bundle opens a product: one that is in it, and one that has left it for those who got the bundle
 * before. A bundle that was sold for less, because its buyer had some of its parts, does not open those.
 */
function isInIt(product: Usable, bundleId: ProductId, { source }: AccessPeriod): boolean {
  if (source.without?.includes(product.id)) return false;
  if (product.partOf.includes(bundleId)) return true;
  const left = product.leftOf.find(({ productId }) => productId === bundleId);
  return left !== undefined && (source.version ?? 0) < left.version;
}

/** The periods in which somebody may use a product as a member. Of what it has left only by what was given before. */
function memberPeriods(product: Usable, membership: Membership | null) {
  const keys = [product.id, ...product.partOf, ...(product.isFreeForMembers ? ['platform'] : [])];
  const left = product.leftOf.flatMap(({ productId, atMs }) =>
    periodsOfScope(membership, productId).filter(({ givenAtMs }) => givenAtMs <= atMs),
  );
  return [...keys.flatMap((key) => periodsOfScope(membership, key)), ...left];
}

/**
 * Whether nothing would be gained by getting a product on these terms, so that it is not sold: the access that there is
 * has no end, or lasts at least as long. A length of time that was had before is no reason: the next one is laid at its
 * end. The same length by a bundle or a membership is one.
 */
export function isCovered(rule: AccessRule, access: Access, now: TimeMs): boolean {
  const { mayUse, untilAtMs, besideUntilAtMs } = access;
  if (!mayUse) return false;
  if (untilAtMs === null) return true;
  if (rule.kind === 'forever') return false;
  if (rule.kind === 'until') return rule.untilAtMs <= untilAtMs;
  return besideUntilAtMs === null || now + rule.days * DAY_MS <= besideUntilAtMs;
}

/**
 * Whether a part of a bundle need not be paid for again: as `isCovered`, of what is had by anything but this bundle. For
 * a bundle everything that is had of its parts is had beside it.
 */
export function isPartCovered(rule: AccessRule, access: Access, now: TimeMs): boolean {
  return isCovered(rule, { ...access, besideUntilAtMs: access.untilAtMs }, now);
}

/** What of a bundle is open by it: what is in it and was paid for with it, and what has left it since it was had. */
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
