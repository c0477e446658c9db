/** Articles of the shop: blocks of text, pictures and products, written by staff for everybody to read. */
import * as z from 'zod';
import { ArticleId, httpsUrl, lines, ProductId, pageOf, storedText, TimeMs, text } from '../base.ts';
import { ProductCard } from '../catalogue/product.ts';

/** The most blocks in an article, and the most products among them. */
export const BLOCKS_MAX = 100;
/** The most products in an article. */
export const ARTICLE_PRODUCTS_MAX = 5;
/** The most characters in all its blocks. */
const CHARACTERS_MAX = 30_000;
/** The most points in a list. */
const ITEMS_MAX = 30;

const asked = {
  paragraph: lines(2_000),
  heading: text(60),
  quote: lines(1_000),
  item: text(300),
  url: httpsUrl(500),
  alt: text(100, 0),
};

/** A part of an article. Nothing in it is markup: a phone shows each text as it is. */
export const Block = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('paragraph'), text: asked.paragraph }),
  z.strictObject({ kind: z.literal('heading'), text: asked.heading }),
  z.strictObject({ kind: z.literal('quote'), text: asked.quote }),
  z.strictObject({
    kind: z.literal('list'),
    isNumbered: z.boolean(),
    items: z.array(asked.item).min(1).max(ITEMS_MAX),
  }),
  z.strictObject({ kind: z.literal('image'), url: asked.url, alt: asked.alt }),
  z.strictObject({ kind: z.literal('product'), productId: ProductId }),
]);
export type Block = z.infer<typeof Block>;

/** A part of an article as it is stored and shown. */
export const StoredBlock = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('paragraph'), text: storedText(asked.paragraph) }),
  z.object({ kind: z.literal('heading'), text: storedText(asked.heading) }),
  z.object({ kind: z.literal('quote'), text: storedText(asked.quote) }),
  z.object({
    kind: z.literal('list'),
    isNumbered: z.boolean(),
    items: z.array(storedText(asked.item)).max(ITEMS_MAX),
  }),
  z.object({ kind: z.literal('image'), url: storedText(asked.url), alt: storedText(asked.alt) }),
  z.object({ kind: z.literal('product'), productId: ProductId }),
]);

/** The products that blocks show, in order. */
export const productsIn = (blocks: readonly Block[]): ProductId[] =>
  blocks.flatMap((block) => (block.kind === 'product' ? block.productId : []));

const Blocks = z
  .array(Block)
  .max(BLOCKS_MAX)
  .refine((blocks) => JSON.stringify(blocks).length <= CHARACTERS_MAX)
  .refine((blocks) => {
    const ids = productsIn(blocks);
    return ids.length <= ARTICLE_PRODUCTS_MAX && new Set(ids).size === ids.length;
  });

/** A tag of an article. */
export const ArticleTag = text(20);

/** What staff write of an article, and may change at any time. */
export const ArticleWritten = z.strictObject({
  title: text(60),
  summary: text(120, 0),
  /** Null for none. */
  coverUrl: httpsUrl(500).nullable(),
  tags: z.array(ArticleTag).max(5),
  /** Whether the shop wrote it itself. */
  isOriginal: z.boolean(),
  blocks: Blocks,
});
const written = ArticleWritten.shape;

/** An article as staff create it. The client makes the id, so that a repeat creates once. */
export const ArticleDraft = ArticleWritten.extend({ id: ArticleId });
export type ArticleDraft = z.infer<typeof ArticleDraft>;

/** `draft`: only staff see it. `published`: everybody does. `withdrawn`: only staff; it can be published again. */
export const ArticleState = z.enum(['draft', 'published', 'withdrawn']);
export type ArticleState = z.infer<typeof ArticleState>;

/** A stored article. */
export const Article = z.object({
  id: ArticleId,
  title: storedText(written.title),
  summary: storedText(written.summary),
  coverUrl: storedText(httpsUrl(500)).nullable(),
  tags: z.array(storedText(ArticleTag)).max(5),
  isOriginal: z.boolean(),
  blocks: z.array(StoredBlock).max(BLOCKS_MAX),
  state: ArticleState,
  /** Rises with every change. A request to change or publish it names the version that staff saw. */
  version: z.int().min(1),
  /** A digest of the draft it was created with. The same id with other content is refused. */
  draftDigest: z.string().length(64),
  /** When it was published first; null before. */
  publishedAtMs: TimeMs.nullable(),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Article = z.infer<typeof Article>;

/** A tag of a published article, under `<article>:<tag>`, by which it is found. */
export const TaggedArticle = z.object({
  id: z.string().max(80),
  articleId: ArticleId,
  tag: storedText(ArticleTag),
  publishedAtMs: TimeMs,
});
export type TaggedArticle = z.infer<typeof TaggedArticle>;

/** The tags by which an article is found: each once, and none while it is not published. */
export function taggedAs({ id: articleId, state, tags, publishedAtMs }: Article): TaggedArticle[] {
  if (state !== 'published' || publishedAtMs === null) return [];
  return [...new Set(tags)].map((tag) => ({ id: `${articleId}:${tag}`, articleId, tag, publishedAtMs }));
}

/** An article in a list. */
export const ArticleCard = Article.pick({
  id: true,
  title: true,
  summary: true,
  coverUrl: true,
  tags: true,
  isOriginal: true,
}).extend({ publishedAtMs: TimeMs });
export type ArticleCard = z.infer<typeof ArticleCard>;

/** One page of articles. */
export const ArticlePage = pageOf(ArticleCard);

/** An article's own page. `products` are the products of its blocks that are on sale, priced for the caller. */
export const ArticleView = ArticleCard.extend({
  blocks: Article.shape.blocks,
  products: z.array(ProductCard),
});
export type ArticleView = z.infer<typeof ArticleView>;

/** An article as staff see it. */
export const StaffArticleView = Article.omit({ draftDigest: true });
export type StaffArticleView = z.infer<typeof StaffArticleView>;

/** One page of articles, for staff. */
export const StaffArticlePage = pageOf(StaffArticleView.omit({ blocks: true }));
