/**
 * Articles.
 *
 *   draft ── publish ──▶ published ── withdraw ──▶ withdrawn
 *                            ▲───── publish ───────────┘
 */
import { fail } from '../../errors.ts';
import type { ProductId, TimeMs } from '../../schemas/base.ts';
import type { Product, ProductCard } from '../../schemas/catalogue/product.ts';
import {
  type Article,
  type ArticleCard,
  type ArticleDraft,
  type ArticleView,
  productsIn,
} from '../../schemas/talk/article.ts';

/** A new article, which only staff see. */
export function draftArticle(draft: ArticleDraft, draftDigest: string, now: TimeMs): Article {
  const begun = { state: 'draft', version: 1, publishedAtMs: null } as const;
  return { ...draft, ...begun, draftDigest, createdAtMs: now, updatedAtMs: now };
}

/**
 * The article with other words. The same object is returned for a repeat of this change, whose first answer was lost.
 * @throws article.version_changed when somebody else changed it meanwhile
 */
export function rewriteArticle(
  before: Article,
  asked: { readonly expectedVersion: number; readonly written: Omit<ArticleDraft, 'id'> },
  now: TimeMs,
): Article {
  const { expectedVersion, written } = asked;
  const after = { ...before, ...written };
  const isSame = JSON.stringify(after) === JSON.stringify(before);
  if (isSame && before.version === expectedVersion + 1) return before;
  refuseUnlessSeen(before, expectedVersion);
  return { ...after, version: before.version + 1, updatedAtMs: now };
}

/**
 * The article, published, from now on when it is for the first time. One that is published already is returned
 * unchanged.
 * @throws article.not_publishable when it is empty; article.version_changed
 */
export function publishArticle(before: Article, expectedVersion: number, now: TimeMs): Article {
  if (before.state === 'published') return before;
  if (before.blocks.length === 0) throw fail('article.not_publishable', { params: { reason: 'no_blocks' } });
  refuseUnlessSeen(before, expectedVersion);
  const publishedAtMs = before.publishedAtMs ?? now;
  return { ...before, state: 'published', version: before.version + 1, publishedAtMs, updatedAtMs: now };
}

/** The article, no longer shown. One that is not published is returned unchanged. */
export function withdrawArticle(before: Article, now: TimeMs): Article {
  if (before.state !== 'published') return before;
  return { ...before, state: 'withdrawn', version: before.version + 1, updatedAtMs: now };
}

function refuseUnlessSeen({ version }: Article, expectedVersion: number): void {
  if (version !== expectedVersion) throw fail('article.version_changed', { params: { version } });
}

/** An article in a list. */
export function articleCard(article: Article): ArticleCard {
  return { ...article, publishedAtMs: article.publishedAtMs ?? article.createdAtMs };
}

/** An article's own page, with the cards of its products that are on sale, in the order of its blocks. */
export function articleView(
  article: Article,
  found: readonly Product[],
  card: (product: Product) => ProductCard,
): ArticleView {
  const onSale = new Map<ProductId, Product>(
    found.filter(({ state }) => state === 'published').map((product) => [product.id, product]),
  );
  const products = productsIn(article.blocks).flatMap((id) => onSale.get(id) ?? []);
  return { ...articleCard(article), blocks: article.blocks, products: products.map(card) };
}
