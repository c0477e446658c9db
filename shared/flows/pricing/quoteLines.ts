import * as memberships from '../../data/access/memberships.ts';
import * as coupons from '../../data/coupons/coupons.ts';
import * as campaigns from '../../data/pricing/campaigns.ts';
import * as flashSales from '../../data/pricing/flashSales.ts';
import { isMemberFor } from '../../domain/access/membership.ts';
import { unitsOf } from '../../domain/access/usage.ts';
import { seatCount, stockIdsFor } from '../../domain/pricing/flashSale.ts';
import { FLASH_LINES_MAX, type FlashOffer, type OfferedLine } from '../../domain/pricing/offer.ts';
import { type CouponChoice, quote } from '../../domain/pricing/pricing.ts';
import { isRunning } from '../../domain/pricing/promotion.ts';
import { floorOf, railFor } from '../../domain/pricing/selling.ts';
import { fail } from '../../errors.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import { type CouponId, FEN_MAX, fen, type ProductId, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import type { Coupon } from '../../schemas/coupons/coupon.ts';
import type { OrderLines, Platform, Quote } from '../../schemas/orders/order.ts';
import type { Campaign, FlashSale, Selling } from '../../schemas/pricing/promotion.ts';
import { ownedAmong } from '../access/ownedAmong.ts';
import { productsOnSale } from '../catalogue/productsOnSale.ts';
import { railOf } from '../payments/railOf.ts';
import { availablePoints } from '../points/pointsMoves.ts';
import { freeStock } from './flashSeats.ts';

/** What a price is made of besides what the transaction reads: promotions change rarely, and are read before it. */
export interface Promotions {
  readonly sales: readonly FlashSale[];
  readonly campaigns: readonly Campaign[];
  /** The buyer's coupons to choose the best from; empty when none shall be proposed. */
  readonly coupons: readonly Coupon[];
}

/** How many of a buyer's coupons are looked at for the best one: those that end first. */
const COUPONS_MAX = 200;

/** Reads the promotions that run now. */
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
  readonly platform: Platform;
  readonly couponId: CouponId | 'best' | null;
  /** How many points to pay with at most. */
  readonly points: number;
  readonly now: TimeMs;
}

/**
 * The price of what a buyer asks for, from today's catalogue: for the quote and for the order itself, so that the two
 * cannot differ. Somebody else's coupon is as if it were not there; a coupon that does not apply is in `rejected`.
 *
 * @throws product.not_found, product.already_owned, coupon.not_found, order.mixed_rails, order.one_at_a_time,
 * order.too_large
 */
export async function quoteLines(
  tx: Tx,
  { rails, settings: { selling } }: Pick<Ports, 'rails' | 'settings'>,
  promotions: Promotions,
  asked: LinesAsked,
): Promise<{ readonly quote: Quote; readonly coupon: Coupon | null }> {
  const { userId, platform, couponId, now } = asked;
  const onSale = await productsOnSale(
    tx,
    asked.lines.map((line) => line.productId),
    now,
  );
  await refuseOwned(tx, asked, onSale);
  const rail = rails.xpay === null ? 'wxpay' : oneRail(onSale, platform, selling);
  refuseTooMany(asked.lines, railOf(rails, rail).abilities(platform).linesMax);
  refuseTooDear(onSale, asked.lines);
  const coupon = couponId === null || couponId === 'best' ? null : await coupons.getOwn(tx, couponId, userId);
  const quoted = quote({
    lines: await offeredLines(tx, onSale, promotions.sales, asked),
    campaigns: promotions.campaigns,
    couponChoice: choiceOf(couponId, coupon, promotions),
    pointsAsked: asked.points,
    // Who pays with none is only told how many there could be: what points do meanwhile is no conflict.
    pointsAvailable: await availablePoints(asked.points > 0 ? tx : { find: tx.peek.bind(tx) }, userId, now),
    pointsShareMax: selling.pointsShareMax,
    floor: floorOf(rail, platform, selling),
    combinations: selling.combinations,
    userId,
    now,
  });
  return { quote: quoted, coupon };
}

async function refuseOwned(tx: Tx, { userId, lines, now }: LinesAsked, onSale: readonly Product[]) {
  const own = onSale.filter((product) =>
    lines.some((line) => line.productId === product.id && line.gifts === undefined),
  );
  const [productId] = await ownedAmong(tx, userId, own, now);
  if (productId !== undefined) throw fail('product.already_owned', { params: { productId } });
}

function oneRail(onSale: readonly Product[], platform: Platform, selling: Selling): 'wxpay' | 'xpay' {
  const [rail = 'wxpay', ...others] = new Set(onSale.map(({ kind }) => railFor(kind, platform, selling)));
  if (others.length > 0) throw fail('order.mixed_rails');
  return rail;
}

function refuseTooMany(lines: OrderLines, linesMax: number | null): void {
  const isTooMany =
    linesMax !== null && (lines.length > linesMax || lines.some(({ gifts = 1 }) => gifts > 1));
  if (isTooMany) throw fail('order.one_at_a_time');
}

function giftsOf(lines: OrderLines, productId: ProductId): number {
  return lines.find((line) => line.productId === productId)?.gifts ?? 0;
}

/** Many gifts of something dear come to more than an amount of money can be here. */
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

async function offeredLines(
  tx: Tx,
  onSale: readonly Product[],
  sales: readonly FlashSale[],
  { userId, lines, now }: LinesAsked,
): Promise<OfferedLine[]> {
  const membership = onSale.some(({ memberFen }) => memberFen !== null)
    ? await memberships.find(tx, userId)
    : null;
  const made: OfferedLine[] = [];
  for (const product of onSale) {
    const gifts = giftsOf(lines, product.id);
    const { id, version, kind, title, access, refundPolicy, plan, limited, memberFen } = product;
    made.push({
      productId: id,
      productVersion: version,
      kind,
      title,
      access,
      refundPolicy,
      plan,
      gifts,
      units: unitsOf(product),
      listFen: fen(product.listFen * Math.max(1, gifts)),
      limited,
      memberFen,
      isMember: isMemberFor(membership, product, now),
      flash: gifts > 0 ? null : await flashOffer(tx, product, sales, { userId, lines }),
    });
  }
  return made;
}

/**
 * The cheapest running flash sale in which the buyer can still have the product; when there is none, the cheapest, and
 * what is in the way. The lines of an order share so many looks at sales.
 */
async function flashOffer(
  tx: Tx,
  { id: productId }: Product,
  sales: readonly FlashSale[],
  { userId, lines }: Pick<LinesAsked, 'userId' | 'lines'>,
): Promise<FlashOffer | null> {
  const offered = sales
    .flatMap((sale) =>
      sale.items.filter((item) => item.productId === productId).map((item) => ({ sale, item })),
    )
    .toSorted((a, b) => a.item.priceFen - b.item.priceFen || (a.sale.id < b.sale.id ? -1 : 1));
  const looks = Math.floor(FLASH_LINES_MAX / lines.length);
  let first: FlashOffer | null = null;
  for (const { sale, item } of offered.slice(0, Math.max(1, looks))) {
    const { id, title, perUserMax } = sale;
    const known = { id, title, priceFen: item.priceFen, isSoldOut: false, isLimitReached: false };
    if (looks === 0) return { ...known, isOrderTooLong: true };
    const mine = await flashSales.findSeats(tx, { saleId: id, productId, userId });
    const isLimitReached = seatCount(mine) >= perUserMax;
    const isSoldOut = (await freeStock(tx, stockIdsFor(id, item, userId))) === null;
    const offer = { ...known, isSoldOut, isLimitReached, isOrderTooLong: false };
    if (!isLimitReached && !isSoldOut) return offer;
    first ??= offer;
  }
  return first;
}
