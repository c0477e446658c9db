/** Full-text search over the products on sale, in memory. A shop has thousands of products, not millions. */
import * as products from '../../data/catalogue/products.ts';
import { nextPage, shownBefore } from '../../domain/catalogue/searchCursor.ts';
import { SearchIndex } from '../../domain/catalogue/searchIndex.ts';
import { indexedWords, searchedWords } from '../../domain/catalogue/searchWords.ts';
import { isOnShelf } from '../../domain/catalogue/shelf.ts';
import type { Page } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import { DAY_MS, MINUTE_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import type { ShelfKind } from '../../schemas/catalogue/productKind.ts';
import { evenly } from '../evenly.ts';
import { CHANGES_KEY, findCourse } from './catalogue.ts';
import { simplified } from './simplified.ts';

/** The index is changed in place, so it is kept as long as the process lives. */
const INDEX_KEY = 'catalogue:search';
const INDEX_KEPT_MS = 365 * DAY_MS;
/** Products that another process publishes are found here after this time at the latest. */
const CHANGES_KEPT_MS = MINUTE_MS;
/**
 * A change is dated when it is asked for, by the clock of its own process, and can be read when it is committed. So
 * changes that are younger than this are read again. Example: a change dated 12:00:00 may be committed at 12:00:08.
 */
const DATED_BEFORE_MS = 2 * MINUTE_MS;
/** How many changed products one search waits for. The next search goes on behind them. */
const CHANGES_AT_ONCE = 100;

/** The index, and which changes of the catalogue it contains. Every process has its own, and changes it in place. */
interface Catalogued {
  readonly index: SearchIndex;
  /** Changes dated at this instant or later are read next. */
  fromMs: TimeMs;
  /** Where the next page of these changes begins; null when all were read. */
  cursor: string | null;
  /** When the reading of these changes began. */
  startedAtMs: TimeMs;
}

/** Updates a product in the index. One that is not listed is removed, an unchanged one is left as it is. */
function note(index: SearchIndex, product: Product): void {
  if (product.state !== 'published' || !isOnShelf(product)) index.remove(product.id);
  else if (index.versionOf(product.id) !== product.version) {
    index.put(product, (field) => indexedWords(simplified(String(product[field]))));
  }
}

/** Reads all published products into a new index. A product that changes meanwhile is read again as a change. */
async function readAll({ database, clock, loop, memory }: Ports): Promise<Catalogued> {
  const now = clock.now();
  // The flag is set first: the reading below includes every change up to now.
  await memory.remember(CHANGES_KEY, CHANGES_KEPT_MS, async () => true);
  const index = new SearchIndex();
  for await (const product of evenly(loop, products.allPublished(database))) note(index, product);
  return { index, fromMs: datedSince(now), cursor: null, startedAtMs: now };
}

function datedSince(now: TimeMs): TimeMs {
  return timeMs(Math.max(0, now - DATED_BEFORE_MS));
}

/** Reads one page of the changes since the last reading. Returns whether it was the last page. */
async function readChanges({ database, clock, loop }: Ports, known: Catalogued): Promise<boolean> {
  if (known.cursor === null) known.startedAtMs = clock.now();
  const { fromMs, cursor } = known;
  const page = await products.changedSince(database, { fromMs, limit: CHANGES_AT_ONCE, cursor });
  for await (const product of evenly(loop, page.items)) note(known.index, product);
  known.cursor = page.nextCursor;
  if (known.cursor === null) known.fromMs = datedSince(known.startedAtMs);
  return known.cursor === null;
}

/**
 * The index of everything on sale. Only the first search of a process waits until the whole catalogue is read. Later
 * searches wait for one page of changes, at most once a minute and after each change that was made here.
 */
async function searchIndex(ports: Ports): Promise<SearchIndex> {
  const known = await ports.memory.remember(INDEX_KEY, INDEX_KEPT_MS, () => readAll(ports));
  const isUpToDate = await ports.memory.remember(CHANGES_KEY, CHANGES_KEPT_MS, () =>
    readChanges(ports, known),
  );
  if (!isUpToDate) await ports.memory.forget(CHANGES_KEY);
  return known.index;
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
    readonly kind: ShelfKind | null;
    readonly category: string | null;
    readonly limit: number;
    /** Null for the first page. */
    readonly cursor: string | null;
  },
): Promise<Page<Product>> {
  const shown = shownBefore(asked.cursor, asked);
  const index = await searchIndex(ports);
  // Enough for this page, even if everything shown before is among them, and one more to see whether a page follows.
  const found = index.search(
    searchedWords(simplified(asked.query)),
    asked,
    shown.marks.length + asked.limit + 1,
  );
  const { ids, nextCursor } = nextPage(found, shown, asked, asked.limit);
  const read = await products.findMany(ports.database, ids);
  return { items: read.filter((product) => product.state === 'published'), nextCursor };
}

/** How many course pages are preloaded: the newest, which the first screens show. */
const PAGES_WARMED = 50;

/**
 * Preloads what learners ask for first: the pages of the newest courses. The search index is left to the first search.
 * A start should not wait for it, and a process that nobody searches should not keep it.
 */
export async function warmCatalogue(ports: Ports): Promise<void> {
  const newest = { kind: 'course', category: null, isFreeForMembers: false, sort: 'newest' } as const;
  const asked = { ...newest, limit: PAGES_WARMED, cursor: null };
  const page = await products.listPublished(ports.database, asked);
  await Promise.all(page.items.map(({ id }) => findCourse(ports, id)));
}
