/** Products as lines with every price offered to a user. They are the input of a quote. */
import { isMemberFor } from '../../domain/access/membership.ts';
import { unitsOf } from '../../domain/access/usage.ts';
import { FLASH_LINES_MAX, type FlashOffer, type OfferedLine } from '../../domain/pricing/offer.ts';
import { ownedPartsOf } from '../../domain/pricing/ownedParts.ts';
import type { Membership } from '../../schemas/access/membership.ts';
import { fen, type ProductId, type QuestionId, type TimeMs } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import type { FlashSale } from '../../schemas/pricing/promotion.ts';
import type { BundleParts } from '../access/partsHad.ts';
import type { FlashLook } from './flashLook.ts';

/** A product that a user wants: for themselves, for `gifts` friends when that is above 0, or to pay for a question. */
export interface WantedProduct {
  readonly product: Product;
  readonly gifts: number;
  /** Null when left out. */
  readonly questionId?: QuestionId | null;
}

/** What is known of the user and the current offers. */
export interface OffersKnown {
  /** Null when the user has none, or is unknown. */
  readonly membership: Membership | null;
  /** For each bundle: its parts, and which of them the user has. */
  readonly bundles: ReadonlyMap<ProductId, BundleParts>;
  /** The sales running now. */
  readonly sales: readonly FlashSale[];
  readonly look: FlashLook;
  /** How many lines are bought together. The number of sales looked at for each line falls with it. */
  readonly lineCount: number;
  readonly now: TimeMs;
}

/** Each product as a line with all its prices, in the given order. */
export async function offeredLines(
  wanted: readonly WantedProduct[],
  known: OffersKnown,
): Promise<OfferedLine[]> {
  const made: OfferedLine[] = [];
  for (const { product, gifts, questionId = null } of wanted) {
    const { id, version, kind, title, coverUrl, access, refundPolicy, plan, limited, memberFen } = product;
    const inIt = gifts > 0 ? undefined : known.bundles.get(id);
    made.push({
      productId: id,
      productVersion: version,
      kind,
      title,
      coverUrl,
      access,
      refundPolicy,
      plan,
      gifts,
      questionId,
      units: inIt === undefined ? unitsOf(product) : unitsLeft(inIt),
      listFen: fen(product.listFen * Math.max(1, gifts)),
      limited,
      memberFen,
      isMember: isMemberFor(known.membership, product, known.now),
      flash: gifts > 0 || questionId !== null ? null : await flashOffer(product, known),
      owned: inIt === undefined ? null : ownedPartsOf(inIt.parts, inIt.had),
    });
  }
  return made;
}

/** How many things to open a bundle adds to what its buyer already has. */
function unitsLeft({ parts, had }: BundleParts): number {
  return parts.reduce((sum, part) => sum + (had.includes(part.id) ? 0 : unitsOf(part)), 0);
}

/**
 * The cheapest running flash sale in which the buyer can still have the product. When there is none, the cheapest,
 * with what keeps the buyer from it.
 */
async function flashOffer(
  { id: productId }: Product,
  { sales, look, lineCount }: OffersKnown,
): Promise<FlashOffer | null> {
  const offered = sales
    .flatMap((sale) =>
      sale.items.filter((item) => item.productId === productId).map((item) => ({ sale, item })),
    )
    .toSorted((a, b) => a.item.priceFen - b.item.priceFen || (a.sale.id < b.sale.id ? -1 : 1));
  const looks = Math.floor(FLASH_LINES_MAX / lineCount);
  let first: FlashOffer | null = null;
  for (const { sale, item } of offered.slice(0, Math.max(1, looks))) {
    const { id, title } = sale;
    const known = { id, title, priceFen: item.priceFen, isSoldOut: false, isLimitReached: false };
    if (looks === 0) return { ...known, isOrderTooLong: true };
    const isLimitReached = !(await look.mayTake(sale, productId));
    const isSoldOut = !(await look.isFree(id, item));
    const offer = { ...known, isSoldOut, isLimitReached, isOrderTooLong: false };
    if (!isLimitReached && !isSoldOut) return offer;
    first ??= offer;
  }
  return first;
}
