/**
 * The price of lines, and its explanation. The quote and the order use this one computation, so a buyer is charged
 * what was shown.
 */
import { type BasisPoints, type Fen, fen, MINUTE_MS, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { Coupon } from '../../schemas/coupons/coupon.ts';
import type { Applied, PricedLine, Quote, Rejected, RejectionCode } from '../../schemas/orders/order.ts';
import type { Campaign } from '../../schemas/pricing/promotion.ts';
import type { Combinations } from '../../schemas/pricing/selling.ts';
import { isOnShelf } from '../catalogue/shelf.ts';
import { couponOffFen, couponProblem, isEligible } from '../coupons/coupon.ts';
import { earnPoints } from '../points/points.ts';
import { allocate } from './allocation.ts';
import { campaignOff } from './campaign.ts';
import { atBestPrice, atListPrice, type OfferedLine, type Priced } from './offer.ts';
import type { RailFloor } from './selling.ts';

/** How long an order's price, coupon and points are held: 15 minutes. */
export const PAY_WINDOW_MS = 15 * MINUTE_MS;

/** How long an order with a flash-sale seat is held, because others wait for the seat: 5 minutes. */
export const FLASH_PAY_WINDOW_MS = 5 * MINUTE_MS;

/**
 * The coupon the buyer wants: none, the best available, or a certain one (`coupon` is null when that id does not
 * exist).
 */
export type CouponChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'best'; readonly coupons: readonly Coupon[] }
  | { readonly kind: 'this'; readonly id: string; readonly coupon: Coupon | null };

/** Everything a price depends on besides the lines and their offers. */
export interface Terms {
  readonly couponChoice: CouponChoice;
  /** The largest number of points the buyer wants to pay with, and the number they have. One point pays one fen. */
  readonly pointsAsked: number;
  readonly pointsAvailable: number;
  readonly pointsShareMax: BasisPoints;
  readonly floor: RailFloor;
  readonly combinations: Combinations;
  readonly userId: UserId;
  readonly now: TimeMs;
}

/** The lines to buy, and everything their price depends on. */
export interface Asked extends Terms {
  readonly lines: readonly OfferedLine[];
  /** The campaigns running now. */
  readonly campaigns: readonly Campaign[];
}

/** A quote in progress. Each line's `paidFen` is its amount after the steps so far. */
interface Working {
  readonly lines: readonly PricedLine[];
  readonly applied: readonly Applied[];
  readonly rejected: readonly Rejected[];
  readonly coupon: Coupon | null;
}

/** Selects the lines that an amount is spread over. The others get weight 0. */
type IsFor = (line: PricedLine) => boolean;

const sumFen = (lines: readonly PricedLine[], of: (line: PricedLine) => number): Fen =>
  fen(lines.reduce((before, line) => before + of(line), 0));

const payableOf = ({ lines }: Working): Fen => sumFen(lines, (line) => line.paidFen);

/**
 * A line's price for anybody: after flash, limited-time or member price, before the buyer's own parts are left out.
 */
const unitFen = ({ listFen, shares }: PricedLine): number => listFen - shares.activityFen - shares.memberFen;

const hasCampaign = ({ applied }: Working): boolean => applied.some(({ kind }) => kind === 'campaign');

/** The lines sorted by product, so that allocation does not depend on the order of the request. */
function inOrder<L extends Pick<PricedLine, 'productId'>>(lines: readonly L[]): L[] {
  return lines.toSorted((a, b) => (a.productId < b.productId ? -1 : 1));
}

/**
 * The price of some lines. Every promotion is in `applied` with what it takes off, or in `rejected` with the reason;
 * one that takes nothing off is never applied. On each line `listFen` minus its shares equals `paidFen`, which is
 * never negative, and the shares sum to the discount exactly. The order of the lines changes no amount. With nothing
 * to pay the rail is `zero`.
 *
 * When the full price is below what the rail accepts, the lowest accepted price with fewer promotions counts: with
 * another campaign, with the coupon alone, with neither, and finally the list price. So a promotion that goes too
 * far does not cancel the others. Points leave the rail's minimum, unless they pay for everything.
 */
export function quote(asked: Asked): Quote {
  const offered = takeOffers(asked);
  const full = takeCoupon(takeCampaign(offered, asked), asked);
  return finish(
    asked.lines,
    asRailTakes(full, () => fewer(offered, asked), asked.floor),
    asked,
  );
}

/**
 * The prices with fewer promotions: each campaign with and without the coupon, the coupon alone, neither, and the
 * list price.
 */
function fewer(offered: Working, asked: Asked): readonly Working[] {
  const reduced = asked.campaigns.map((campaign) =>
    takeCampaign(offered, { ...asked, campaigns: [campaign] }),
  );
  const plain = priced(asked, (line) => atListPrice(line, asked.floor));
  return [...[...reduced, offered].flatMap((price) => [takeCoupon(price, asked), price]), plain];
}

/**
 * The price of an existing order with another coupon. Its lines keep their prices and their campaign, because those
 * were promised.
 */
export function requote(order: Pick<Quote, 'lines' | 'applied'>, terms: Terms): Quote {
  const lines = inOrder(order.lines).map((line): PricedLine => {
    const shares = { ...line.shares, couponFen: fen(0), pointsFen: fen(0), pointsCount: 0 };
    return { ...line, shares, paidFen: fen(unitFen(line) - shares.ownedFen - shares.campaignFen) };
  });
  const applied = order.applied.filter(({ kind }) => kind !== 'coupon' && kind !== 'points');
  const promised = { ...working(lines), applied };
  return finish(
    order.lines,
    asRailTakes(takeCoupon(promised, terms), () => [promised], terms.floor),
    terms,
  );
}

function working(lines: readonly PricedLine[]): Working {
  return { lines, applied: [], rejected: [], coupon: null };
}

function takeOffers(asked: Asked): Working {
  return priced(asked, (line) => atBestPrice(line, asked.floor, asked.now));
}

/** Each line at a price of its own. */
function priced({ lines }: Asked, priceOf: (line: OfferedLine) => Priced): Working {
  const all = inOrder(lines).map(priceOf);
  return {
    ...working(all.map(({ line }) => line)),
    applied: all.flatMap(({ applied }) => applied),
    rejected: all.flatMap(({ rejected }) => rejected),
  };
}

/**
 * Applies the campaign that takes most off, or rejects the nearest with what is missing. Between equal ones the
 * smaller id wins.
 */
function takeCampaign(before: Working, { campaigns, combinations }: Asked): Working {
  const offs = campaigns
    .map((campaign) => campaignOff(campaign, before.lines, combinations))
    .filter(({ eligibleFen }) => eligibleFen > 0)
    .toSorted(
      (a, b) =>
        b.offFen - a.offFen || a.missingFen - b.missingFen || (a.campaign.id < b.campaign.id ? -1 : 1),
    );
  const [best] = offs;
  if (best === undefined) return before;
  const { offFen, eligibleFen, missingFen } = best;
  const { id, title } = best.campaign;
  if (offFen > 0) {
    return spread(before, { kind: 'campaign', id, title, offFen }, 'campaignFen', best.isFor);
  }
  const params = { thresholdFen: eligibleFen + missingFen, eligibleFen };
  return reject(before, { code: 'campaign.threshold_not_met', id, params });
}

/** Applies the order's one coupon. A coupon that does not exist is answered like somebody else's. */
function takeCoupon(before: Working, terms: Terms): Working {
  const { couponChoice: choice } = terms;
  if (choice.kind === 'none') return before;
  if (choice.kind === 'best') return takeBestCoupon(before, choice.coupons, terms);
  const { id, coupon } = choice;
  if (coupon === null) return reject(before, { code: 'coupon.not_yours', id, params: {} });
  const problem = problemOf(coupon, before, terms);
  return problem === null ? applyCoupon(before, coupon, terms) : reject(before, problem);
}

/**
 * Applies the coupon that takes most off and that the rail accepts. Between equal ones the one that expires first
 * wins, then the smaller id.
 */
function takeBestCoupon(before: Working, coupons: readonly Coupon[], terms: Terms): Working {
  const lines = before.lines.filter(mayMeetCoupon(before, terms));
  const payableFen = payableOf(before);
  const leastFen = floorFenOf(before, terms.floor);
  const [best] = coupons
    .filter((coupon) => problemOf(coupon, before, terms) === null)
    .map((coupon) => ({ coupon, offFen: couponOffFen(coupon, lines) }))
    .filter(({ offFen }) => offFen === payableFen || payableFen - offFen >= leastFen)
    .toSorted((a, b) => b.offFen - a.offFen || byEnd(a.coupon, b.coupon));
  return best === undefined ? before : applyCoupon(before, best.coupon, terms);
}

function byEnd(a: Coupon, b: Coupon): number {
  return a.expiresAtMs - b.expiresAtMs || (a.id < b.id ? -1 : 1);
}

/** Whether a line at its present price may be combined with coupons. */
function mayMeetCoupon(before: Working, { combinations: table }: Terms): IsFor {
  if (hasCampaign(before) && !table.campaignWithCoupon) return () => false;
  return ({ source }) => {
    if (source === 'flash') return table.flashWithCoupon;
    if (source === 'limited') return table.limitedWithCoupon;
    return source === 'member' ? table.memberWithCoupon : true;
  };
}

function problemOf(coupon: Coupon, before: Working, terms: Terms): Rejected | null {
  const { userId, now } = terms;
  const lines = before.lines.filter(mayMeetCoupon(before, terms));
  const problem = couponProblem(coupon, { userId, lines, now });
  const isForSome = before.lines.some((line) => isEligible(coupon.scope, line));
  if (problem?.code !== 'coupon.no_eligible_line' || !isForSome) return problem;
  return { code: 'coupon.not_combinable', id: coupon.id, params: {} };
}

function applyCoupon(before: Working, coupon: Coupon, terms: Terms): Working {
  const mayMeet = mayMeetCoupon(before, terms);
  const offFen = couponOffFen(coupon, before.lines.filter(mayMeet));
  const applied = { kind: 'coupon', id: coupon.id, title: coupon.title, offFen } as const;
  const isFor = (line: PricedLine) => mayMeet(line) && isEligible(coupon.scope, line);
  return { ...spread(before, applied, 'couponFen', isFor), coupon };
}

/** Spreads a promotion's amount over its lines, exact to the fen. */
function spread(
  before: Working,
  applied: Applied,
  share: 'campaignFen' | 'couponFen' | 'pointsFen',
  isFor: IsFor,
): Working {
  const weights = before.lines.map((line) => (isFor(line) ? line.paidFen : 0));
  const offs = allocate(applied.offFen, weights);
  const lines = before.lines.map((line, index): PricedLine => {
    const offFen = fen(offs[index] ?? 0);
    const pointsCount = share === 'pointsFen' ? offFen : 0;
    const shares = { ...line.shares, [share]: offFen, pointsCount };
    return { ...line, shares, paidFen: fen(line.paidFen - offFen) };
  });
  return { ...before, lines, applied: [...before.applied, applied] };
}

function reject(before: Working, ...why: readonly Rejected[]): Working {
  return { ...before, rejected: [...before.rejected, ...why] };
}

/** The least that the rail accepts for these lines, in fen. */
function floorFenOf({ lines }: Working, { shareMin, payableMinFen }: RailFloor): number {
  return Math.max(payableMinFen, Math.ceil((sumFen(lines, unitFen) * shareMin) / 10_000));
}

function isTaken(after: Working, floor: RailFloor): boolean {
  const payableFen = payableOf(after);
  return payableFen === 0 || payableFen >= floorFenOf(after, floor);
}

/**
 * The price with every promotion, if the rail accepts it. Otherwise the lowest alternative that it accepts, the
 * first of equal ones; when it accepts none, the last alternative. The promotions that this price lacks are
 * rejected, the last one first, with the rail's minimum and the price that was too low.
 */
function asRailTakes(full: Working, fewerOf: () => readonly Working[], floor: RailFloor): Working {
  if (isTaken(full, floor)) return full;
  const prices = fewerOf();
  const [lowest] = prices
    .filter((price) => isTaken(price, floor))
    .toSorted((a, b) => payableOf(a) - payableOf(b));
  const taken = lowest ?? prices.at(-1) ?? full;
  const isApplied = (one: { readonly id: string | null }) => taken.applied.some(({ id }) => id === one.id);
  const params = { floorFen: floorFenOf(taken, floor), payableFen: payableOf(full) };
  const dropped = full.applied.filter((one) => !isApplied(one)).toReversed();
  const why = dropped.map(({ kind, id }): Rejected => ({ code: belowFloor(kind), id, params }));
  // Each alternative leaves out owned parts as far as its own price allows, so its own message about them is kept.
  const isOwned = ({ code }: Rejected) => code === 'owned.below_rail_floor';
  const others = full.rejected.filter((one) => !isOwned(one) && !isApplied(one));
  const before = [...taken.rejected.filter(isOwned), ...others];
  return reject({ ...taken, rejected: before }, ...why);
}

function belowFloor(kind: Applied['kind']): RejectionCode {
  if (kind === 'coupon') return 'coupon.below_rail_floor';
  return kind === 'campaign' ? 'campaign.below_rail_floor' : 'offer.below_rail_floor';
}

/** Adds points as the last step, and sums everything up. The lines come back in the order of the request. */
function finish(asked: readonly Pick<PricedLine, 'productId'>[], before: Working, terms: Terms): Quote {
  const { after, count, countMax } = takePoints(before, terms);
  const listFen = sumFen(after.lines, (line) => line.listFen);
  const payableFen = payableOf(after);
  const byProduct = new Map(after.lines.map((line) => [line.productId, line]));
  const hasSeat = after.lines.some(({ flashSaleId }) => flashSaleId !== null);
  return {
    lines: asked.flatMap(({ productId }) => byProduct.get(productId) ?? []),
    applied: [...after.applied],
    rejected: [...after.rejected],
    listFen,
    discountFen: fen(listFen - payableFen),
    payableFen,
    rail: payableFen === 0 ? 'zero' : terms.floor.rail,
    couponId: after.coupon?.id ?? null,
    points: { count, offFen: fen(count), countMax },
    payWindowMs: hasSeat ? FLASH_PAY_WINDOW_MS : PAY_WINDOW_MS,
    earnsPoints: earnPoints(payableFen),
  };
}

/** Which lines points may pay for. They never pay for questions. */
function mayMeetPoints(before: Working, { combinations: table }: Terms): IsFor {
  const isBarred =
    (before.coupon !== null && !table.couponWithPoints) || (hasCampaign(before) && !table.campaignWithPoints);
  return ({ source, kind }) =>
    !isBarred && isOnShelf({ kind }) && (source !== 'flash' || table.flashWithPoints);
}

/**
 * Applies as many points as were asked for, are available and are allowed. When that is fewer than asked, the reason
 * is given; it is never an error. Points either pay for everything, where that is allowed, or leave at least the
 * rail's minimum.
 */
function takePoints(
  before: Working,
  terms: Terms,
): { readonly after: Working; readonly count: number; readonly countMax: number } {
  const payableFen = payableOf(before);
  const mayMeet = mayMeetPoints(before, terms);
  const limits: readonly [RejectionCode, number][] = [
    ['points.above_share', Math.floor((payableFen * terms.pointsShareMax) / 10_000)],
    ['points.not_combinable', sumFen(before.lines.filter(mayMeet), (line) => line.paidFen)],
    ['points.not_enough', terms.pointsAvailable],
  ];
  const mayPayAll = limits.every(([, most]) => most >= payableFen);
  const paysAll = mayPayAll && terms.pointsAsked >= payableFen;
  const overFloor: readonly [RejectionCode, number] = [
    'points.below_rail_floor',
    Math.max(0, payableFen - floorFenOf(before, terms.floor)),
  ];
  const [code, most] = (paysAll ? limits : [...limits, overFloor]).reduce((least, limit) =>
    limit[1] < least[1] ? limit : least,
  );
  const count = Math.min(terms.pointsAsked, most);
  const countMax = mayPayAll ? payableFen : most;
  const isLess = count < terms.pointsAsked;
  const told = isLess ? reject(before, { code, id: null, params: { countMax } }) : before;
  if (count === 0) return { after: told, count, countMax };
  const applied = { kind: 'points', id: null, title: '积分抵扣', offFen: fen(count) } as const;
  return { after: spread(told, applied, 'pointsFen', mayMeet), count, countMax };
}
