/** The price of one line before anything that looks at the whole order: the best offer for that line alone. */
import { type Fen, type FlashSaleId, fen, type TimeMs } from '../../schemas/base.ts';
import type { LimitedPrice, TodaysPrice } from '../../schemas/catalogue/product.ts';
import type { Applied, PricedLine, Rejected } from '../../schemas/orders/order.ts';
import { type OwnedParts, withoutOwned } from './ownedParts.ts';
import { DEFAULT_SELLING, floorOf, type RailFloor } from './selling.ts';

/** A flash sale that includes this product, and what keeps the buyer from it. */
export interface FlashOffer {
  readonly id: FlashSaleId;
  readonly title: string;
  /** The price of one piece. */
  readonly priceFen: Fen;
  readonly isSoldOut: boolean;
  readonly isLimitReached: boolean;
  /** Whether the order has too many lines for a flash price. */
  readonly isOrderTooLong: boolean;
}

/** Something to buy, and all its prices. `listFen` is for the whole line; the other prices are for one piece. */
export interface OfferedLine
  extends Pick<
    PricedLine,
    | 'productId'
    | 'productVersion'
    | 'kind'
    | 'title'
    | 'coverUrl'
    | 'access'
    | 'refundPolicy'
    | 'plan'
    | 'gifts'
    | 'questionId'
    | 'units'
    | 'listFen'
  > {
  readonly limited: LimitedPrice | null;
  readonly memberFen: Fen | null;
  /** Whether the buyer has a live membership that covers this product. */
  readonly isMember: boolean;
  /** A running flash sale, or null. Always null for gifts. */
  readonly flash: FlashOffer | null;
  /** For a bundle for the buyer's own use: the parts they already have. Null for anything else. */
  readonly owned: OwnedParts | null;
}

/** A line with its price, and the offers that were applied or rejected. */
export interface Priced {
  readonly line: PricedLine;
  readonly applied: readonly Applied[];
  readonly rejected: readonly Rejected[];
}

const NONE = fen(0);

const ANY_PRICE = floorOf('wxpay', 'web', DEFAULT_SELLING);

/**
 * The largest number of lines in an order with a flash price. Looking for a seat reads several documents, and a
 * transaction is limited in size.
 */
export const FLASH_LINES_MAX = 5;

/** The line at its list price, without the parts its buyer already has. */
export function atListPrice(line: OfferedLine, floor: RailFloor): Priced {
  return withoutOwned(listed(line), line.owned, floor);
}

/** The whole line at its list price. */
function listed(line: OfferedLine): PricedLine {
  const { productId, productVersion, kind, title, coverUrl, access, refundPolicy, plan, gifts } = line;
  const { units, listFen, questionId } = line;
  return {
    productId,
    productVersion,
    kind,
    title,
    coverUrl,
    access,
    refundPolicy,
    plan,
    gifts,
    questionId,
    listFen,
    source: 'list',
    flashSaleId: null,
    units,
    ownedParts: [],
    shares: {
      activityFen: NONE,
      memberFen: NONE,
      ownedFen: NONE,
      campaignFen: NONE,
      couponFen: NONE,
      pointsFen: NONE,
      pointsCount: 0,
    },
    paidFen: listFen,
  };
}

interface Offer {
  readonly source: 'member' | 'limited' | 'flash';
  /** The price of the whole line. */
  readonly priceFen: number;
  readonly id: FlashSaleId | null;
  readonly title: string;
}

/**
 * The line at its best price: the lowest of flash, limited-time and member price. Between equal prices the one that
 * takes no seat wins. A price that is not below the list price is ignored. A temporary price of 0 does not apply to
 * gifts, because they could be kept for later. Then the parts of a bundle that the buyer has are taken off.
 */
export function atBestPrice(line: OfferedLine, floor: RailFloor, now: TimeMs): Priced {
  const best = bestOf(line, now);
  const rest = withoutOwned(best.line, line.owned, floor);
  return {
    line: rest.line,
    applied: [...best.applied, ...rest.applied],
    rejected: [...best.rejected, ...rest.rejected],
  };
}

/** What the line costs when bought alone, by a rail that accepts any price. */
export function priceOf(line: OfferedLine, now: TimeMs): TodaysPrice {
  const { source, paidFen: priceFen, shares } = atBestPrice(line, ANY_PRICE, now).line;
  return { priceFen, source, ownedFen: shares.ownedFen };
}

function bestOf(line: OfferedLine, now: TimeMs): Priced {
  const { flash, limited, memberFen, isMember } = line;
  const times = Math.max(1, line.gifts);
  const offers: Offer[] = [];
  if (memberFen !== null && isMember) {
    offers.push({ source: 'member', priceFen: memberFen * times, id: null, title: '会员价' });
  }
  if (limited !== null && limited.fromAtMs <= now && now < limited.untilAtMs) {
    offers.push({ source: 'limited', priceFen: limited.priceFen * times, id: null, title: '限时价' });
  }
  const problem = flash === null ? null : flashProblem(flash);
  if (flash !== null && problem === null) {
    offers.push({ source: 'flash', priceFen: flash.priceFen * times, id: flash.id, title: flash.title });
  }
  const [best] = offers
    .filter(({ priceFen }) => priceFen < line.listFen && (priceFen > 0 || line.gifts === 0))
    .toSorted((a, b) => a.priceFen - b.priceFen);
  const isMissed = flash !== null && flash.priceFen * times < (best?.priceFen ?? line.listFen);
  const rejected = problem !== null && isMissed ? [problem] : [];
  const plain = listed(line);
  if (best === undefined) return { line: plain, applied: [], rejected };
  const { source, id, title, priceFen } = best;
  const offFen = fen(line.listFen - priceFen);
  const share = source === 'member' ? { memberFen: offFen } : { activityFen: offFen };
  const shares = { ...plain.shares, ...share };
  return {
    line: { ...plain, source, flashSaleId: id, shares, paidFen: fen(priceFen) },
    applied: [{ kind: source, id, title, offFen }],
    rejected,
  };
}

/** Why the buyer cannot have the flash price; null when they can. */
function flashProblem({ id, isSoldOut, isLimitReached, isOrderTooLong }: FlashOffer): Rejected | null {
  if (isOrderTooLong) return { code: 'flash.cart_too_long', id, params: { linesMax: FLASH_LINES_MAX } };
  if (isLimitReached) return { code: 'flash.limit_reached', id, params: {} };
  return isSoldOut ? { code: 'flash.sold_out', id, params: {} } : null;
}
