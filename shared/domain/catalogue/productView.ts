/** What is shown of a product before it is paid for. */
import type {
  Content,
  LibraryItem,
  Product,
  ProductCard,
  ProductView,
} from '../../schemas/catalogue/product.ts';
import type { Access } from '../access/access.ts';

/** A product in a list: nothing in it has to be paid for. */
export function productCard(product: Product): ProductCard {
  const { id, kind, title, subtitle, category, tags, teacher, coverUrl, listFen, limited, memberFen } =
    product;
  const { isFreeForMembers, pointsPrice, plan, lessonCount } = product;
  return {
    ...{ id, kind, title, subtitle, category, tags, teacher, coverUrl, listFen, limited, memberFen },
    ...{ isFreeForMembers, pointsPrice, plan, lessonCount },
    // A draft is in no list; what was ever published has the time.
    publishedAtMs: product.publishedAtMs ?? product.createdAtMs,
  };
}

/** A product's own page, as who owns nothing sees it. `parts` are those that were ever published. */
export function productView(
  product: Product,
  content: Content | null,
  parts: readonly Product[],
): ProductView {
  const { summary, access, refundPolicy, saleFromAtMs, saleUntilAtMs } = product;
  return {
    ...productCard(product),
    ...{ summary, access, refundPolicy, saleFromAtMs, saleUntilAtMs },
    parts: parts.filter(({ state }) => state !== 'draft').map(productCard),
    preview: content?.preview ?? null,
    hasFile: content !== null && content.mediaKey !== null,
    durationSeconds: content?.durationSeconds ?? 0,
    owned: null,
  };
}

/** Something in a library, with the end of the access to it. */
export function libraryItem(product: Product, access: Access): LibraryItem {
  return { ...productCard(product), untilAtMs: access.untilAtMs, parts: product.parts };
}
