/** By how much staff make cheaper what is or was on sale, in basis points of the old price. */
import { DAY_MS, type TimeMs } from '../../schemas/base.ts';
import type { Outline, Product } from '../../schemas/catalogue/product.ts';
import { monthsOf } from '../access/membership.ts';
import { lineOf, linesOf } from '../catalogue/outline.ts';

/** By how much a price falls, in basis points of the old price, rounded up; 0 when it does not fall. */
export function priceCut(beforeFen: number, afterFen: number): number {
  return afterFen >= beforeFen ? 0 : Math.ceil(((beforeFen - afterFen) * 10_000) / beforeFen);
}

/** The list price, or the one that takes its place once the platforms know it. */
function listed({ listFen, nextListFen }: Product): number {
  return nextListFen ?? listFen;
}

const listedTogether = (products: readonly Product[]) => products.reduce((sum, one) => sum + listed(one), 0);

/** The prices of a product, in fen: the list price, the price for members, and its price in points of one fen each. */
const WAYS: readonly ((product: Product) => number)[] = [
  listed,
  (one) => (one.isFreeForMembers ? 0 : Math.min(listed(one), one.memberFen ?? listed(one))),
  (one) => Math.min(listed(one), one.pointsPrice ?? listed(one)),
];

/** The lowest price of a product, by whichever way to pay. */
function lowest(product: Product): number {
  return Math.min(...WAYS.map((way) => way(product)), product.limited?.priceFen ?? listed(product));
}

/** A price before a change and after it. */
type Change = readonly [number, number];

/** The price for a limited time, if there is one afterwards. A new one is compared with the list price. */
function limitedChange(before: Product, { limited }: Product): Change[] {
  if (limited === null) return [];
  const { priceFen, fromAtMs, untilAtMs } = limited;
  const was = before.limited;
  const isSame = was?.priceFen === priceFen && was.fromAtMs === fromAtMs && was.untilAtMs === untilAtMs;
  return [[isSame ? priceFen : listed(before), priceFen]];
}

/** Access for ever counts as a hundred years, ten times the longest access that ends. */
const FOREVER_DAYS = 36_500;

/** How many days of access a product gives. A fixed end is counted from the instant when it first went on sale. */
function accessDays({ access }: Product, publishedAtMs: TimeMs): number {
  if (access.kind === 'forever') return FOREVER_DAYS;
  return access.kind === 'days' ? access.days : Math.max(1, (access.untilAtMs - publishedAtMs) / DAY_MS);
}

/**
 * By how much a change cuts the price of a product that is or was on sale: the largest cut of all ways to pay for it.
 *
 * The old price is that of what is sold after the change. The list prices of parts that come in (`added`) belong to it,
 * and longer access raises it in proportion. Parts that leave do not lower it, because owners keep them. A withdrawn
 * product counts too, because it can be published again. A draft's price costs the shop nothing.
 */
export function cutOf(before: Product, after: Product, added: readonly Product[]): number {
  const { publishedAtMs } = before;
  if (publishedAtMs === null) return 0;
  const addedFen = listedTogether(added);
  const longer = Math.max(1, accessDays(after, publishedAtMs) / accessDays(before, publishedAtMs));
  const prices = [...WAYS.map((way): Change => [way(before), way(after)]), ...limitedChange(before, after)];
  return Math.max(...prices.map(([was, is]) => priceCut(Math.round((was + addedFen) * longer), is)));
}

/**
 * By how much a product is cheaper than what it opens, bought alone, by the way to pay that is the cheapest. `opened`
 * are the parts of a bundle or column, or the product that a membership covers.
 */
export function cutOfParts(product: Product, opened: readonly Product[]): number {
  return priceCut(listedTogether(opened), lowest(product));
}

/** The price of a year of a membership of the whole platform; null for any other product. */
function yearlyFen(product: Product): number | null {
  const { plan } = product;
  return plan?.scope.kind === 'platform' ? (lowest(product) * 12) / monthsOf(plan) : null;
}

/**
 * By how much a year of a membership of the whole platform is cheaper than by the cheapest plan that is or was on sale.
 * `plans` are all memberships. The first plan that goes on sale is compared with none.
 */
export function cutOfPlan(product: Product, plans: readonly Product[]): number {
  const sold = plans.filter(({ publishedAtMs }) => publishedAtMs !== null).map(yearlyFen);
  const known = sold.filter((price) => price !== null);
  const price = yearlyFen(product);
  return price === null || known.length === 0 ? 0 : priceCut(Math.min(...known), price);
}

/** Which share of a course's paid lessons a new outline opens to everybody as trials. */
export function cutOfTrials(before: Outline, after: Outline): number {
  const paid = linesOf(before).filter(({ isTrial }) => !isTrial);
  const isOpened = (line: { isTrial: boolean; isHidden: boolean } | null) => line?.isTrial && !line.isHidden;
  const opened = paid.filter(({ id }) => isOpened(lineOf(after, id)));
  return priceCut(paid.length, paid.length - opened.length);
}
