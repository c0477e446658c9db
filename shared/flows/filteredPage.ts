import type { Page } from '../ports/database.ts';

/** How many documents are read for one answer: about 130 ms of computing. */
const READ_MAX = 5_000;

/** A shorter page costs as much as one of this many documents. */
const PAGE_COST = 20;

/**
 * One page of the documents of a list that pass a filter, in the list's order. Pages of the list are read until the
 * next one would not fit, or until 5,000 documents were read. So a page may be shorter than the limit, even empty, and
 * still have a next one.
 */
export async function filteredPage<T>(
  list: (cursor: string | null) => Promise<Page<T>>,
  isSuch: (item: T) => boolean,
  asked: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<T>> {
  const items: T[] = [];
  let { cursor } = asked;
  for (let count = 0; count < READ_MAX; count += Math.max(asked.limit, PAGE_COST)) {
    const page = await list(cursor);
    const found = page.items.filter(isSuch);
    // What does not fit is read again for the next page.
    if (items.length + found.length > asked.limit) break;
    items.push(...found);
    cursor = page.nextCursor;
    if (cursor === null) break;
  }
  return { items, nextCursor: cursor };
}
