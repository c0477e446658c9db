/** What is shown of a product before it is paid for. */
import type { ProductId, TimeMs } from '../../schemas/base.ts';
import type {
  Content,
  CourseCard,
  LibraryItem,
  Product,
  ProductCard,
  ProductView,
  TodaysPrice,
} from '../../schemas/catalogue/product.ts';
import { type Access, isOwned } from '../access/access.ts';
import { isOnSale } from './product.ts';

/** What products cost the viewer now. */
export type Prices = ReadonlyMap<ProductId, TodaysPrice>;

/** The price fields of a product, the same wherever a price is shown. */
export function pricesOf(product: Product, prices: Prices) {
  const { id, listFen, limited, memberFen, isFreeForMembers, pointsPrice } = product;
  const price: TodaysPrice = prices.get(id) ?? { priceFen: listFen, source: 'list', ownedFen: NOTHING };
  return { listFen, limited, memberFen, isFreeForMembers, pointsPrice, price };
}

const NOTHING = 0 as TodaysPrice['ownedFen'];

/** A course in a list. It contains nothing that has to be paid for. */
export function courseCard(product: Product, prices: Prices): CourseCard {
  const { id, title, subtitle, category, tags, teacher, coverUrl, lessonCount } = product;
  return {
    ...{ id, title, subtitle, category, tags, teacher, coverUrl, ...pricesOf(product, prices), lessonCount },
    // Lists contain no drafts, and every product that was ever published has this time.
    publishedAtMs: product.publishedAtMs ?? product.createdAtMs,
  };
}

/** A product in a list. It contains nothing that has to be paid for. */
export function productCard(product: Product, prices: Prices): ProductCard {
  return { ...courseCard(product, prices), kind: product.kind, plan: product.plan };
}

/** A product's own page. `had` are the parts that the viewer already has. */
export function productView(
  product: Product,
  content: Content | null,
  shown: { readonly parts: readonly Product[]; readonly had: readonly ProductId[]; readonly prices: Prices },
): Omit<ProductView, 'owned'> {
  const { summary, access, refundPolicy, saleFromAtMs, saleUntilAtMs } = product;
  return {
    ...productCard(product, shown.prices),
    ...{ summary, access, refundPolicy, saleFromAtMs, saleUntilAtMs },
    parts: shown.parts
      .filter(({ state }) => state === 'published')
      .map((part) => ({ ...productCard(part, shown.prices), isOwned: shown.had.includes(part.id) })),
    preview: content?.preview ?? null,
    hasFile: content !== null && content.mediaKey !== null,
    durationSeconds: content?.durationSeconds ?? 0,
  };
}

/** What a user has of a product, for its page. `isCovered`: buying it would gain them nothing. */
export function ownedView(
  product: Product,
  access: Access,
  isCovered: boolean,
  now: TimeMs,
): NonNullable<ProductView['owned']> {
  const { mayUse, untilAtMs } = access;
  return {
    isOwned: mayUse,
    isTrial: mayUse && !isOwned(access),
    untilAtMs,
    mayBuy: isOnSale(product, now) && !isCovered,
  };
}

/** A product in a user's library, with the end of the access. `parts` are the parts that it opens. */
export function libraryItem(
  product: Product,
  {
    access,
    parts,
    prices,
  }: { readonly access: Access; readonly parts: readonly Product[]; readonly prices: Prices },
): LibraryItem {
  const named = parts.map(({ id, kind, title, coverUrl }) => ({ id, kind, title, coverUrl }));
  const isTrial = !isOwned(access);
  return { ...productCard(product, prices), isTrial, untilAtMs: access.untilAtMs, parts: named };
}
