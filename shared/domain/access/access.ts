/** Who may use what: the one check, for products of every kind. */

import type { Entitlement } from '../../schemas/access/entitlement.ts';
import type { Membership } from '../../schemas/access/membership.ts';
import { type ProductId, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Usable } from '../catalogue/product.ts';
import { accessUntilAtMs } from './entitlement.ts';
import { membershipUntilAtMs } from './membership.ts';

/** All that a user holds which may open one product. */
export interface Holdings {
  readonly entitlement: Entitlement | null;
  /** Of the bundles and columns that the product is part of. */
  readonly bundles: readonly Entitlement[];
  readonly membership: Membership | null;
}

/** What somebody may do with a product. */
export interface Access {
  readonly mayUse: boolean;
  /** When that ends, exclusive; null for never, or when they may not. */
  readonly untilAtMs: TimeMs | null;
  /** The bundles and columns through which alone they may; empty for who has it by itself or as a member. */
  readonly through: readonly ProductId[];
}

/** The access of somebody who has nothing. */
export const NO_ACCESS: Access = { mayUse: false, untilAtMs: null, through: [] };

const isLive = (untilAtMs: TimeMs | null, now: TimeMs) => untilAtMs === null || now < untilAtMs;

/**
 * What somebody may do with a product: by what they were given of it, by a bundle or column that it is in, as a member
 * of the platform when it is free for members, or as a member of the product itself or of what it is in. Whichever
 * lasts longest counts. A membership is nothing that could be used.
 *
 * Only the end is looked at: a period begins when it was paid for, and the clock that said so may be a little ahead.
 */
export function accessOf(product: Usable, holdings: Holdings, now: TimeMs): Access {
  if (product.kind === 'membership') return NO_ACCESS;
  const { entitlement, membership } = holdings;
  const keys = [product.id, ...product.partOf, ...(product.isFreeForMembers ? ['platform'] : [])];
  const own = [accessUntilAtMs(entitlement), ...keys.map((key) => membershipUntilAtMs(membership, key))];
  const bundles = holdings.bundles
    .filter(({ productId }) => product.partOf.includes(productId))
    .map((bundle) => ({ id: bundle.productId, untilAtMs: accessUntilAtMs(bundle) }))
    .filter(({ untilAtMs }) => isLive(untilAtMs, now));
  const isOwn = own.some((untilAtMs) => isLive(untilAtMs, now));
  if (!isOwn && bundles.length === 0) return NO_ACCESS;
  return {
    mayUse: true,
    untilAtMs: latest([...own, ...bundles.map(({ untilAtMs }) => untilAtMs)]),
    through: isOwn ? [] : bundles.map(({ id }) => id),
  };
}

function latest(ends: readonly (TimeMs | null)[]): TimeMs | null {
  let last = timeMs(0);
  for (const end of ends) {
    if (end === null) return null;
    if (end > last) last = end;
  }
  return last;
}
