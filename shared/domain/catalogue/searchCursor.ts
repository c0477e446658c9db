/**
 * Search cursors. A cursor lists what was already shown, because the index may change between pages and rank
 * everything differently.
 */
import { fail } from '../../errors.ts';
import type { ProductId } from '../../schemas/base.ts';

/** The largest number of results of one search, over all pages. */
export const SHOWN_MAX = 200;

const MARK_BYTES = 4;

/** A 32-bit hash of a text (FNV-1a), enough to tell a few hundred results apart. */
function markOf(text: string): number {
  let mark = 0x811c9dc5;
  for (const byte of Buffer.from(text)) mark = Math.imul(mark ^ byte, 0x01000193) >>> 0;
  return mark;
}

/** The search that a cursor belongs to: its words and filters. */
export interface Searched {
  readonly query: string;
  readonly kind: string | null;
  readonly category: string | null;
}

/** The hashes of the results on the pages before. */
export interface Shown {
  readonly marks: readonly number[];
}

const searchOf = ({ query, kind, category }: Searched) => markOf(JSON.stringify([query, kind, category]));

/**
 * What a cursor says was shown; nothing when there is no cursor.
 * @throws request.invalid for a cursor of another search
 */
export function shownBefore(cursor: string | null, searched: Searched): Shown {
  if (cursor === null) return { marks: [] };
  const bytes = Buffer.from(cursor, 'base64url');
  const marks = Array.from({ length: Math.floor(bytes.length / MARK_BYTES) }, (_, at) =>
    bytes.readUInt32BE(at * MARK_BYTES),
  );
  const isOurs =
    bytes.length % MARK_BYTES === 0 && marks[0] === searchOf(searched) && marks.length <= SHOWN_MAX;
  if (!isOurs) throw fail('request.invalid', { params: { field: 'cursor' }, detail: 'not of this search' });
  return { marks: marks.slice(1) };
}

/**
 * The next page of the results, best first, and the cursor after it; null when nothing follows. Results that were
 * already shown are left out. So nothing is shown twice and no match is skipped, even if the index changed in
 * between.
 */
export function nextPage(
  ids: readonly ProductId[],
  { marks }: Shown,
  searched: Searched,
  limit: number,
): { readonly ids: readonly ProductId[]; readonly nextCursor: string | null } {
  const shown = new Set(marks);
  const left = ids.filter((id) => !shown.has(markOf(id)));
  const page = left.slice(0, Math.min(limit, Math.max(0, SHOWN_MAX - 1 - marks.length)));
  const after = [...marks, ...page.map(markOf)];
  const isLast = left.length <= page.length || after.length >= SHOWN_MAX - 1;
  if (isLast) return { ids: page, nextCursor: null };
  const bytes = Buffer.alloc((after.length + 1) * MARK_BYTES);
  for (const [at, mark] of [searchOf(searched), ...after].entries())
    bytes.writeUInt32BE(mark, at * MARK_BYTES);
  return { ids: page, nextCursor: bytes.toString('base64url') };
}
