/** What every product has, whatever its kind: the terms on which it is sold. */
import type { BasisPoints, TimeMs } from '../schemas/base.ts';
import type { Product, RefundPolicy } from '../schemas/product.ts';

/** The refund policy of a product that names none: 7 days, everything back while at most 30 % of it was opened. */
export const DEFAULT_REFUND_POLICY: RefundPolicy = {
  windowDays: 7,
  tiers: [{ progressMax: 3_000 as BasisPoints, share: 10_000 as BasisPoints }],
  isVoidAfterDownload: true,
};

/** The terms of a product that is sold at its list price alone. */
export const PLAIN_TERMS = {
  nextListFen: null,
  limited: null,
  memberFen: null,
  isFreeForMembers: false,
  pointsPrice: null,
  refundPolicy: DEFAULT_REFUND_POLICY,
  saleFromAtMs: null,
  saleUntilAtMs: null,
  plan: null,
  parts: [],
  partOf: [],
  draftDigest: null,
} as const satisfies Partial<Product>;

/** Whether it can be bought now: published, and within its time of sale. */
export function isOnSale(
  product: Pick<Product, 'state' | 'saleFromAtMs' | 'saleUntilAtMs'>,
  now: TimeMs,
): boolean {
  const { state, saleFromAtMs, saleUntilAtMs } = product;
  const hasBegun = saleFromAtMs === null || now >= saleFromAtMs;
  return state === 'published' && hasBegun && (saleUntilAtMs === null || now < saleUntilAtMs);
}
