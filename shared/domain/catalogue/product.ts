/** What every product has, whatever its kind: the terms of its sale. */
import { type BasisPoints, FEN_MAX, type Fen, type ProductId, type TimeMs } from '../../schemas/base.ts';
import type { AccessRule, Product, RefundPolicy } from '../../schemas/catalogue/product.ts';
import { LINES_MAX } from '../../schemas/orders/order.ts';

/** The parts of a product that decide who may use it. */
export interface Usable extends Pick<Product, 'id' | 'kind' | 'isFreeForMembers'> {
  readonly partOf: readonly ProductId[];
  readonly leftOf: readonly Product['leftOf'][number][];
}

/**
 * The lowest price that is not free: one fen, which both WeChat Pay and virtual payment accept. On iOS virtual
 * payment accepts no less than one yuan, so an order below that is refused there (`order.below_rail_minimum`).
 */
export const PRICE_MIN_FEN = 1;

/** The highest price. An order with the most lines at this price is still a valid amount. */
export const PRICE_MAX_FEN = FEN_MAX / LINES_MAX;

/** The refund policy of a product that names none: within 7 days, all the money while at most 30 % was opened. */
export const DEFAULT_REFUND_POLICY: RefundPolicy = {
  windowDays: 7,
  tiers: [{ progressMax: 3_000 as BasisPoints, share: 10_000 as BasisPoints }],
  isVoidAfterDownload: true,
};

/** The terms of a product that is sold only at its list price. */
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
  leftOf: [],
  formerParts: [],
  trialCount: 0,
  trialDays: 0,
  draftDigest: null,
} as const satisfies Partial<Product>;

/** Whether the access it gives has already ended for everybody, so that a buyer would get nothing. */
export function isOver(access: AccessRule, now: TimeMs): boolean {
  return access.kind === 'until' && now >= access.untilAtMs;
}

/** Whether it can be bought now: published, within its sale window, not over, and not an empty bundle. */
export function isOnSale(
  product: Pick<Product, 'state' | 'saleFromAtMs' | 'saleUntilAtMs' | 'access' | 'kind' | 'parts'>,
  now: TimeMs,
): boolean {
  if ((product.kind === 'bundle' || product.kind === 'column') && product.parts.length === 0) return false;
  const { state, saleFromAtMs, saleUntilAtMs, access } = product;
  const hasBegun = saleFromAtMs === null || now >= saleFromAtMs;
  const hasEnded = (saleUntilAtMs !== null && now >= saleUntilAtMs) || isOver(access, now);
  return state === 'published' && hasBegun && !hasEnded;
}

const isPrice = (price: Fen) => price <= PRICE_MAX_FEN;

/**
 * Why a product cannot be sold on its terms; null when it can. `price_out_of_range`; `member_price` or
 * `limited_price` (out of range, or not below the list price); `sale_window` (it ends before it begins);
 * `membership_terms` (a membership cannot be free or free for members, because it could then be taken again and
 * again).
 */
export function termsProblem(product: Product): string | null {
  const { memberFen, limited, saleFromAtMs, saleUntilAtMs } = product;
  const listFen = product.nextListFen ?? product.listFen;
  if (!isPrice(listFen)) return 'price_out_of_range';
  if (memberFen !== null && (!isPrice(memberFen) || memberFen >= listFen)) return 'member_price';
  if (limited !== null && (!isPrice(limited.priceFen) || limited.priceFen >= listFen)) return 'limited_price';
  if (saleFromAtMs !== null && saleUntilAtMs !== null && saleFromAtMs >= saleUntilAtMs) return 'sale_window';
  if (product.kind !== 'membership') return null;
  const isFree = [listFen, memberFen, limited?.priceFen].some((price) => price === 0);
  return isFree || product.isFreeForMembers ? 'membership_terms' : null;
}
