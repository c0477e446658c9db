import * as memberships from '../../data/access/memberships.ts';
import * as coupons from '../../data/coupons/coupons.ts';
import * as campaigns from '../../data/pricing/campaigns.ts';
import * as flashSales from '../../data/pricing/flashSales.ts';
import { platformOf } from '../../domain/pricing/platform.ts';
import { type CouponChoice, quote } from '../../domain/pricing/pricing.ts';
import { isRunning } from '../../domain/pricing/promotion.ts';
import { floorOf, type RailFloor, railFor } from '../../domain/pricing/selling.ts';
import { needFeature } from '../../domain/talk/talk.ts';
import { fail } from '../../errors.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import { type CouponId, FEN_MAX, type ProductId, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import type { Coupon } from '../../schemas/coupons/coupon.ts';
import type { OrderLines, Platform, Quote } from '../../schemas/orders/order.ts';
import type { SaidPlatform } from '../../schemas/orders/saidPlatform.ts';
import type { Campaign, FlashSale } from '../../schemas/pricing/promotion.ts';
import type { Selling } from '../../schemas/pricing/selling.ts';
import { type Owned, ownedAmong, refuseIfCovered } from '../access/ownedAmong.ts';
import { productsOnSale } from '../catalogue/productsOnSale.ts';
import { railOf } from '../payments/railOf.ts';
import { availablePoints } from '../points/pointsMoves.ts';
import { lookInTx } from './flashLook.ts';
import { offeredLines, type WantedProduct } from './offeredLines.ts';

/** The promotions that go into a price. They change rarely, so they are read before the transaction. */
export interface Promotions {
  readonly sales: readonly FlashSale[];
  readonly campaigns: readonly Campaign[];
  /** The buyer's coupons to choose the best from; empty when none is to be proposed. */
  readonly coupons: readonly Coupon[];
}

/** How many of a buyer's coupons are considered for the best one: those that expire first. */
const COUPONS_MAX = 200;

/** Reads the promotions running now. */
export async function promotionsFor(
  reader: Reader,
  asked: { readonly userId: UserId; readonly couponId: CouponId | 'best' | null; readonly now: TimeMs },
): Promise<Promotions> {
  const { userId, couponId, now } = asked;
  const [sales, running, own] = await Promise.all([
    flashSales.ahead(reader, now),
    campaigns.ahead(reader, now),
    couponId === 'best'
      ? coupons.ofUser(reader, { userId, state: 'available', now, limit: COUPONS_MAX, cursor: null })
      : null,
  ]);
  return {
    sales: sales.filter((sale) => isRunning(sale, now)),
    campaigns: running.filter((campaign) => isRunning(campaign, now)),
    coupons: own?.items ?? [],
  };
}

/** What a buyer asks the price of. */
export interface LinesAsked {
  readonly userId: UserId;
  readonly lines: OrderLines;
  /** The platform that the client states, and what WeChat's headers say. */
  readonly platform: Platform;
  readonly said: SaidPlatform;
  readonly couponId: CouponId | 'best' | null;
  /** The largest number of points to pay with. */
  readonly points: number;
  readonly now: TimeMs;
}

/**
 * The price of what a buyer asks for, from the current catalogue. The quote and the order both use it, so they
 * cannot differ. Also returns the platform that the price is for. Somebody else's coupon is treated as missing; a
 * coupon that does not apply is in `rejected`.
 * @throws product.not_found, product.already_owned, order.part_twice, coupon.not_found, order.mixed_rails,
 * order.one_at_a_time, order.too_large, order.below_rail_minimum; feature.off for questions
 */
export async function quoteLines(
  tx: Tx,
  { database, rails, settings }: Pick<Ports, 'database' | 'rails' | 'settings'>,
  promotions: Promotions,
  asked: LinesAsked,
): Promise<{ readonly quote: Quote; readonly coupon: Coupon | null; readonly platform: Platform }> {
  const { userId, couponId, now } = asked;
  const platform = platformOf(asked.platform, asked.said);
  const { onSale, wanted, bundles, floor } = await sellable(
    tx,
    { database, rails, settings },
    asked,
    platform,
  );
  if (asked.lines.some(isQuestion)) refuseUnlessAsked({ rails, settings }, floor.rail, platform);
  const coupon = couponId === null || couponId === 'best' ? null : await coupons.getOwn(tx, couponId, userId);
  const hasMemberPrice = onSale.some(({ memberFen }) => memberFen !== null);
  const known = {
    membership: hasMemberPrice ? await memberships.find(tx, userId) : null,
    sales: promotions.sales,
    look: lookInTx(tx, userId, now),
    lineCount: asked.lines.length,
    now,
  };
  const { selling } = settings;
  const quoted = quote({
    lines: await offeredLines(wanted, { ...known, bundles }),
    campaigns: promotions.campaigns,
    couponChoice: choiceOf(couponId, coupon, promotions),
    pointsAsked: asked.points,
    // A buyer who uses no points is only shown how many they could use, so the balance is peeked at and causes no
    // conflict.
    pointsAvailable: await availablePoints(asked.points > 0 ? tx : { find: tx.peek.bind(tx) }, userId, now),
    pointsShareMax: selling.pointsShareMax,
    floor,
    combinations: selling.combinations,
    userId,
    now,
  });
  refuseBelowMinimum(quoted, floor);
  return { quote: quoted, coupon, platform };
}

/** Lines that one order may have, and what of them goes into their price. */
export interface Sellable {
  readonly onSale: readonly Product[];
  readonly wanted: readonly WantedProduct[];
  readonly bundles: Owned['bundles'];
  /** The least that their rail accepts. */
  readonly floor: RailFloor;
}

/**
 * The lines as they are on sale, if one order on this platform may have them all.
 * @throws product.not_found, product.already_owned, order.part_twice, order.mixed_rails, order.one_at_a_time,
 * order.too_large
 */
export async function sellable(
  tx: Tx,
  { database, rails, settings: { selling } }: Pick<Ports, 'database' | 'rails' | 'settings'>,
  asked: Pick<LinesAsked, 'userId' | 'lines' | 'now'>,
  platform: Platform,
): Promise<Sellable> {
  const { lines, now } = asked;
  const ids = lines.map((line) => line.productId);
  const onSale = await productsOnSale(tx, ids, now, lines.some(isQuestion));
  const { bundles } = await ownedOf(tx, database, asked, onSale);
  const rail = rails.xpay === null ? 'wxpay' : oneRail(onSale, platform, selling);
  refuseTooMany(lines, railOf(rails, rail).abilities(platform).linesMax);
  refuseTooDear(onSale, lines);
  const wanted = onSale.map((product) => ({
    ...{ product, gifts: giftsOf(lines, product.id) },
    questionId: lines.find((line) => line.productId === product.id)?.questionId ?? null,
  }));
  return { onSale, wanted, bundles, floor: floorOf(rail, platform, selling) };
}

/** What the buyer already has of the lines for their own use. @throws product.already_owned, order.part_twice */
async function ownedOf(
  tx: Tx,
  database: Pick<Reader, 'find' | 'findMany'>,
  { userId, lines, now }: Pick<LinesAsked, 'userId' | 'lines' | 'now'>,
  onSale: readonly Product[],
): Promise<Owned> {
  const own = onSale.filter((product) =>
    lines.some((line) => line.productId === product.id && line.gifts === undefined),
  );
  const owned = await ownedAmong(tx, database, userId, own, now);
  refuseIfCovered(owned);
  refusePartTwice(own, owned);
  return owned;
}

/**
 * Refuses lines that would pay for one thing twice: a bundle and one of its parts, or two bundles with the same
 * part.
 */
function refusePartTwice(own: readonly Product[], { bundles }: Owned): void {
  const ids = new Set(own.map(({ id }) => id));
  for (const [bundleId, { parts, had }] of bundles) {
    for (const { id: productId } of parts) {
      if (ids.has(productId)) throw fail('order.part_twice', { params: { productId, bundleId } });
      if (!had.includes(productId)) ids.add(productId);
    }
  }
}

function oneRail(onSale: readonly Product[], platform: Platform, selling: Selling): 'wxpay' | 'xpay' {
  const [rail = 'wxpay', ...others] = new Set(onSale.map(({ kind }) => railFor(kind, platform, selling)));
  if (others.length > 0) throw fail('order.mixed_rails');
  return rail;
}

const isQuestion = ({ questionId }: OrderLines[number]) => questionId !== undefined;

/** Refuses to sell questions where they are off, and where we could not give their money back. @throws feature.off */
function refuseUnlessAsked(
  { rails, settings: { talk } }: Pick<Ports, 'rails' | 'settings'>,
  rail: RailFloor['rail'],
  platform: Platform,
): void {
  needFeature(talk, 'questions', 'write');
  if (!talk.questionsOnIos && !railOf(rails, rail).abilities(platform).mayRefund) throw fail('feature.off');
}

function refuseTooMany(lines: OrderLines, linesMax: number | null): void {
  const isTooMany =
    linesMax !== null && (lines.length > linesMax || lines.some(({ gifts = 1 }) => gifts > 1));
  if (isTooMany) throw fail('order.one_at_a_time');
}

function giftsOf(lines: OrderLines, productId: ProductId): number {
  return lines.find((line) => line.productId === productId)?.gifts ?? 0;
}

/**
 * Refuses a price that is below the rail's minimum even without promotions. It can only be paid on another platform.
 * @throws order.below_rail_minimum
 */
export function refuseBelowMinimum({ payableFen }: Quote, { payableMinFen: minFen }: RailFloor): void {
  if (payableFen > 0 && payableFen < minFen) throw fail('order.below_rail_minimum', { params: { minFen } });
}

/** Refuses an order whose list prices exceed the largest amount, such as many gifts of something expensive. */
function refuseTooDear(onSale: readonly Product[], lines: OrderLines): void {
  const listFen = onSale.reduce(
    (sum, product) => sum + product.listFen * Math.max(1, giftsOf(lines, product.id)),
    0,
  );
  if (listFen > FEN_MAX) throw fail('order.too_large');
}

function choiceOf(
  couponId: CouponId | 'best' | null,
  coupon: Coupon | null,
  promotions: Promotions,
): CouponChoice {
  if (couponId === null) return { kind: 'none' };
  if (couponId === 'best') return { kind: 'best', coupons: promotions.coupons };
  return { kind: 'this', id: couponId, coupon };
}
