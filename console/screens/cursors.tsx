/** The pages of a list that stands in a larger answer. */
import { useState } from 'preact/hooks';

/** Which page is shown, and how another one is. */
export interface Cursors {
  readonly isFirst: boolean;
  /** What to ask with: nothing on the first page. */
  readonly from: { readonly cursor?: string };
  readonly back: () => void;
  readonly on: (cursor: string) => void;
}

/** Begins at the first page. */
export function useCursors(): Cursors {
  const [cursors, turn] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  return {
    isFirst: cursor === undefined,
    from: cursor === undefined ? {} : { cursor },
    back: () => turn(cursors.slice(0, -1)),
    on: (next) => turn([...cursors, next]),
  };
}

/** Turns the pages; nothing where there is one alone. */
export function CursorPager({ pages, next }: { readonly pages: Cursors; readonly next: string | null }) {
  if (pages.isFirst && next === null) return null;
  return (
    <nav class="pager" aria-label="翻页">
      <button type="button" disabled={pages.isFirst} onClick={pages.back}>
        上一页
      </button>
      <button type="button" disabled={next === null} onClick={() => next !== null && pages.on(next)}>
        下一页
      </button>
    </nav>
  );
}
