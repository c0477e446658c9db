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
import type { Access } from '../access/access.ts';
import { isOnSale } from './product.ts';

/** What products cost who looks at them now. */
export type Prices = ReadonlyMap<ProductId, TodaysPrice>;

/** Everything that is said of a product's price wherever one is shown. */
export function pricesOf(product: Product, prices: Prices) {
  const { id, listFen, limited, memberFen, isFreeForMembers, pointsPrice } = product;
  const price: TodaysPrice = prices.get(id) ?? { priceFen: listFen, source: 'list', ownedFen: NOTHING };
  return { listFen, limited, memberFen, isFreeForMembers, pointsPrice, price };
}

const NOTHING = 0 as TodaysPrice['ownedFen'];

/** A course in a list: nothing in it has to be paid for. */
export function courseCard(product: Product, prices: Prices): CourseCard {
  const { id, title, subtitle, category, tags, teacher, coverUrl, lessonCount } = product;
  return {
    ...{ id, title, subtitle, category, tags, teacher, coverUrl, ...pricesOf(product, prices), lessonCount },
    // A draft is in no list; what was ever published has the time.
    publishedAtMs: product.publishedAtMs ?? product.createdAtMs,
  };
}

/** A product in a list: nothing in it has to be paid for. */
export function productCard(product: Product, prices: Prices): ProductCard {
  return { ...courseCard(product, prices), kind: product.kind, plan: product.plan };
}

/** A product's own page, for who has `had` of its parts. */
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

/** What somebody has of a product, as its page says it. `isCovered`: they would gain nothing by it. */
export function ownedView(
  product: Product,
  { mayUse: isOwned, untilAtMs }: Access,
  isCovered: boolean,
  now: TimeMs,
): NonNullable<ProductView['owned']> {
  return { isOwned, untilAtMs, mayBuy: isOnSale(product, now) && !isCovered };
}

/** Something in a library, with the end of the access to it. `parts` are those that are open by it. */
export function libraryItem(
  product: Product,
  {
    access,
    parts,
    prices,
  }: { readonly access: Access; readonly parts: readonly ProductId[]; readonly prices: Prices },
): LibraryItem {
  return { ...productCard(product, prices), untilAtMs: access.untilAtMs, parts: [...parts] };
}
