/** The price of one line before anything that looks at the whole order: the best of what is offered for it alone. */
import { type Fen, type FlashSaleId, fen, type TimeMs } from '../../schemas/base.ts';
import type { LimitedPrice, TodaysPrice } from '../../schemas/catalogue/product.ts';
import type { Applied, PricedLine, Rejected } from '../../schemas/orders/order.ts';
import { type OwnedParts, withoutOwned } from './ownedParts.ts';
import { DEFAULT_SELLING, floorOf, type RailFloor } from './selling.ts';

/** A flash sale that has this product, and what is in the buyer's way. */
export interface FlashOffer {
  readonly id: FlashSaleId;
  readonly title: string;
  /** Of one. */
  readonly priceFen: Fen;
  readonly isSoldOut: boolean;
  readonly isLimitReached: boolean;
  /** Whether the order has more lines than go together with a place. */
  readonly isOrderTooLong: boolean;
}

/** What is to be bought, and every price that it has. `listFen` is of all of it, the other prices are of one. */
export interface OfferedLine
  extends Pick<
    PricedLine,
    | 'productId'
    | 'productVersion'
    | 'kind'
    | 'title'
    | 'access'
    | 'refundPolicy'
    | 'plan'
    | 'gifts'
    | 'units'
    | 'listFen'
  > {
  readonly limited: LimitedPrice | null;
  readonly memberFen: Fen | null;
  /** Whether a live membership of the buyer has this product in it. */
  readonly isMember: boolean;
  /** A running one, or null. Never of what is bought for friends. */
  readonly flash: FlashOffer | null;
  /** Of a bundle for the buyer's own use: what they have of it already. Null for anything else. */
  readonly owned: OwnedParts | null;
}

/** A line, its price, and what the offers for it alone came to. */
export interface Priced {
  readonly line: PricedLine;
  readonly applied: readonly Applied[];
  readonly rejected: readonly Rejected[];
}

const NONE = fen(0);

const ANY_PRICE = floorOf('wxpay', 'web', DEFAULT_SELLING);

/**
 * How many lines an order with a flash price has at most: a place is looked for in several documents, and a transaction
 * holds only so many.
 */
export const FLASH_LINES_MAX = 5;

/** The line at its list price, without what its buyer has of it. */
export function atListPrice(line: OfferedLine, floor: RailFloor): Priced {
  return withoutOwned(listed(line), line.owned, floor);
}

/** The line, all of it, at its list price. */
function listed(line: OfferedLine): PricedLine {
  const { productId, productVersion, kind, title, access, refundPolicy, plan, gifts, units, listFen } = line;
  return {
    productId,
    productVersion,
    kind,
    title,
    access,
    refundPolicy,
    plan,
    gifts,
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
  /** Of all of the line. */
  readonly priceFen: number;
  readonly id: FlashSaleId | null;
  readonly title: string;
}

/**
 * The line at its best price: of flash sale, limited-time price and member price the lowest; of equal ones the one
 * that takes nobody's place. What is no lower than the list price counts for nothing, and what is free for a while is so
 * for oneself: gifts of it could be kept for when it is not. What the buyer has of a bundle is left out of that price.
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

/** What the line costs when it is bought alone, by a way to pay that takes any price. */
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

/** What stands between the buyer and a price of a flash sale, or null. */
function flashProblem({ id, isSoldOut, isLimitReached, isOrderTooLong }: FlashOffer): Rejected | null {
  if (isOrderTooLong) return { code: 'flash.cart_too_long', id, params: { linesMax: FLASH_LINES_MAX } };
  if (isLimitReached) return { code: 'flash.limit_reached', id, params: {} };
  return isSoldOut ? { code: 'flash.sold_out', id, params: {} } : null;
}
