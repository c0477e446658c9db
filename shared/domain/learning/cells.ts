/** Cells: which parts of a lesson's media were played. A set, so order, repeats and devices make no difference. */
import { CELL_SECONDS, type CellRange } from '../../schemas/learning/progress.ts';

/** The number of cells of media of this length. The last one may be shorter. */
export function cellCount(durationSeconds: number): number {
  return Math.ceil(durationSeconds / CELL_SECONDS);
}

/** The number of bits that are set in each byte. */
const BITS = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/** How many of the first `count` cells were played. */
export function playedCells(seen: string, count: number): number {
  const bytes = Buffer.from(seen, 'base64');
  const whole = Math.min(bytes.length, count >> 3);
  let played = 0;
  for (let at = 0; at < whole; at += 1) played += BITS[bytes[at] ?? 0] ?? 0;
  const rest = bytes[count >> 3] ?? 0;
  return played + (BITS[rest & ((1 << (count & 7)) - 1)] ?? 0);
}

/** The set with more cells. */
export interface AddedCells {
  readonly seen: string;
  /** How many cells are new. */
  readonly added: number;
  /** How many cells of the ranges are still missing, because no more than `most` were added. */
  readonly left: number;
}

/** Adds the cells of these ranges that are below `count` and not there yet: at most `most`, the earliest first. */
export function addCells(
  seen: string,
  ranges: readonly CellRange[],
  { count, most }: { readonly count: number; readonly most: number },
): AddedCells {
  const before = Buffer.from(seen, 'base64');
  const bytes = Buffer.alloc(Math.max(before.length, Math.ceil(count / 8)));
  before.copy(bytes);
  let added = 0;
  let left = 0;
  let next = 0;
  for (const [from, until] of ranges.toSorted(([one], [other]) => one - other)) {
    for (let cell = Math.max(from, next); cell < Math.min(until, count); cell += 1) {
      const [at, bit] = [cell >> 3, 1 << (cell & 7)];
      if (((bytes[at] ?? 0) & bit) !== 0) continue;
      if (added === most) left += 1;
      else {
        bytes[at] = (bytes[at] ?? 0) | bit;
        added += 1;
      }
    }
    next = Math.max(next, until);
  }
  return { seen: added === 0 ? seen : bytes.toString('base64'), added, left };
}
