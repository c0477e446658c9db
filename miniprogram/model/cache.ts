/** Which kept answers stay when there is no room for all. */

/** A kept answer. `size` is in bytes. */
export interface Kept {
  readonly key: string;
  readonly size: number;
  readonly atMs: number;
}

/** At most two million bytes are kept. */
export const KEPT_MAX = 2_000_000;

/** The bytes of a text in UTF-8. */
export function bytesOf(text: string): number {
  let bytes = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/**
 * The index with a new answer, and the keys of those that have to go: the one before it under its key keeps its place
 * in storage and is overwritten, and of the others the oldest go first. An answer that is too large on its own goes at
 * once.
 */
export function withKept(
  index: readonly Kept[],
  added: Kept,
  max = KEPT_MAX,
): { readonly index: readonly Kept[]; readonly dropped: readonly string[] } {
  const newestFirst = [added, ...index.filter(({ key }) => key !== added.key)].sort(
    (a, b) => b.atMs - a.atMs,
  );
  let room = max;
  const stays: Kept[] = [];
  const dropped: string[] = [];
  for (const one of newestFirst) {
    room -= one.size;
    if (room >= 0) stays.push(one);
    else dropped.push(one.key);
  }
  return { index: stays, dropped };
}
