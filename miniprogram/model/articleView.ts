/** Articles of the shop, as they are shown. */
import type { ArticleCard, ArticleView, StoredBlock } from '../../client/types.ts';
import { type CardView, cardOf, dotted } from './card.ts';
import { deviceDay } from './deviceTime.ts';

/** An article in the list. */
export interface ArticleRow {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly coverUrl: string;
  /** `原创 · 方法 · 12月1日` */
  readonly about: string;
}

/** A way to list the articles with one tag. The id of the one for all is empty. */
export interface TagChip {
  readonly id: string;
  readonly title: string;
  readonly isOn: boolean;
}

/** The most tags that are offered. */
const TAGS_MAX = 12;

/** The tags seen before, and those of these articles, each once and in that order. */
export function tagsAmong(seen: readonly string[], items: readonly Pick<ArticleCard, 'tags'>[]): string[] {
  return [...new Set([...seen, ...items.flatMap(({ tags }) => tags)])].slice(0, TAGS_MAX);
}

/** The ways to list articles; empty where there are no tags. `picked` is empty for all. */
export function tagChips(tags: readonly string[], picked: string): TagChip[] {
  if (tags.length === 0) return [];
  const titles = [['', '全部'] as const, ...tags.map((tag) => [tag, tag] as const)];
  return titles.map(([id, title]) => ({ id, title, isOn: id === picked }));
}

/** A part of an article. What a kind has not is empty, so that a template needs to know only the kind. */
export interface BlockView {
  readonly id: string;
  readonly kind: StoredBlock['kind'];
  readonly text: string;
  readonly items: readonly { readonly id: string; readonly mark: string; readonly text: string }[];
  readonly url: string;
  /** Null for a product that is no longer sold. */
  readonly card: CardView | null;
}

/** An article's own page. */
export interface ArticleShown extends ArticleRow {
  readonly blocks: readonly BlockView[];
}

/** An article in the list. */
export function articleRow(article: ArticleCard, nowMs: number): ArticleRow {
  const { id, title, summary, coverUrl, tags, isOriginal, publishedAtMs } = article;
  const about = dotted([isOriginal ? '原创' : '', ...tags, deviceDay(publishedAtMs, nowMs)]);
  return { id, title, summary, coverUrl: coverUrl ?? '', about };
}

function blockOf(block: StoredBlock, index: number, products: ArticleView['products']): BlockView {
  const none = { id: String(index), kind: block.kind, text: '', items: [], url: '', card: null };
  switch (block.kind) {
    case 'list':
      return {
        ...none,
        items: block.items.map((text, at) => ({
          ...{ id: String(at), mark: block.isNumbered ? `${at + 1}.` : '·', text },
        })),
      };
    case 'image':
      return { ...none, url: block.url, text: block.alt };
    case 'product': {
      const product = products.find(({ id }) => id === block.productId);
      return { ...none, card: product === undefined ? null : cardOf(product) };
    }
    default:
      return { ...none, text: block.text };
  }
}

/** An article's own page. */
export function articleShown(article: ArticleView, nowMs: number): ArticleShown {
  const blocks = article.blocks.map((block, index) => blockOf(block, index, article.products));
  return { ...articleRow(article, nowMs), blocks };
}
