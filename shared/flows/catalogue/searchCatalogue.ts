/** Full-text search over the products on sale, in memory. A shop has thousands of courses, not millions. */
import MiniSearch, { type SearchResult } from 'minisearch';
import * as products from '../../data/catalogue/products.ts';
import { nextPage, shownBefore } from '../../domain/catalogue/searchCursor.ts';
import { indexedWords, isSpelt, mayBegin, searchedWords } from '../../domain/catalogue/searchWords.ts';
import type { Page } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import { MINUTE_MS, type ProductId } from '../../schemas/base.ts';
import type { Product, ProductKind } from '../../schemas/catalogue/product.ts';
import { findCourse, SEARCH_KEY } from './catalogue.ts';
import { simplified } from './simplified.ts';

/** Products that another process publishes are found here after this time at the latest. */
const REMEMBERED_MS = 5 * MINUTE_MS;

/** The weight of a word by field. A match in one field outweighs matches in all the fields after it. */
const WEIGHTS = { title: 256, tags: 64, teacher: 16, subtitle: 4, summary: 1 } as const;

/**
 * How many letters of a word may be wrong. Numbers and words of fewer than 4 letters must match exactly, because
 * other words are too close to them.
 */
function misspeltMax(word: string): number {
  if (!isSpelt(word) || word.length < 4) return 0;
  return word.length < 6 ? 1 : 2;
}

/** The index is a live object. A cache in this process keeps it as it is; every process builds its own. */
function searchIndex(ports: Ports): Promise<MiniSearch<Product>> {
  return ports.cache.remember(SEARCH_KEY, REMEMBERED_MS, async () => {
    const index = new MiniSearch<Product>({
      fields: Object.keys(WEIGHTS),
      storeFields: ['category', 'kind'],
      tokenize: (text) => indexedWords(simplified(text)),
      processTerm: (word) => word,
      searchOptions: {
        tokenize: (text) => searchedWords(simplified(text)),
        boost: WEIGHTS,
        prefix: mayBegin,
        fuzzy: misspeltMax,
      },
    });
    for await (const product of products.allPublished(ports.database)) index.add(product);
    return index;
  });
}

/**
 * The products that match a query, best first: those with every word, or, when there are none, those with any word.
 * Their current state is read again, so products withdrawn meanwhile are left out, and a page may be shorter than
 * the limit.
 * @throws request.invalid for a cursor of another search
 */
export async function searchCatalogue(
  ports: Ports,
  asked: {
    readonly query: string;
    /** Null for every kind. */
    readonly kind: ProductKind | null;
    readonly category: string | null;
    readonly limit: number;
    /** Null for the first page. */
    readonly cursor: string | null;
  },
): Promise<Page<Product>> {
  const shown = shownBefore(asked.cursor, asked);
  const index = await searchIndex(ports);
  const filter = (hit: SearchResult) =>
    (asked.category === null || hit.category === asked.category) &&
    (asked.kind === null || hit.kind === asked.kind);
  const every = index.search(asked.query, { combineWith: 'AND', filter });
  const hits = every.length > 0 ? every : index.search(asked.query, { combineWith: 'OR', filter });
  const found = hits.map((hit): ProductId => hit.id);
  const { ids, nextCursor } = nextPage(found, shown, asked, asked.limit);
  const read = ids.length === 0 ? [] : await products.findMany(ports.database, ids);
  return { items: read.filter((product) => product.state === 'published'), nextCursor };
}

/** How many course pages are preloaded: the newest, which the first screens show. */
const PAGES_WARMED = 50;

/** Preloads what learners ask for first: the search index, and the pages of the newest courses. */
export async function warmCatalogue(ports: Ports): Promise<void> {
  const newest = { kind: 'course', category: null, isFreeForMembers: false, sort: 'newest' } as const;
  const asked = { ...newest, limit: PAGES_WARMED, cursor: null };
  const [page] = await Promise.all([products.listPublished(ports.database, asked), searchIndex(ports)]);
  await Promise.all(page.items.map(({ id }) => findCourse(ports, id)));
}
