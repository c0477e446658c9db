/** How a text is put to a check that takes only so much of it at a time, and what its answers mean together. */
import type { Written } from '../../schemas/review/review.ts';
import type { Verdict } from './review.ts';

/** How much two pieces have in common, so that nothing is missed that stands across their border. */
const COMMON = 60;

/** What of it is checked as text. */
export function wordsOf({ title, body }: Written): string {
  return [title ?? '', body].filter((each) => each !== '').join('\n');
}

/** The text in pieces of at most `most` UTF-16 units, in order. Together they hold all of it; no character is cut. */
export function pieces(text: string, most: number): readonly string[] {
  const found: string[] = [];
  for (let from = 0; ; ) {
    const end = whole(text, Math.min(from + most, text.length));
    if (end > from) found.push(text.slice(from, end));
    if (end === text.length) return found;
    from = whole(text, end - COMMON);
  }
}

/** The place, or the one before it where a character of two units would be cut. */
function whole(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}

/** What was said of one piece. */
export interface PieceVerdict {
  readonly verdict: Verdict;
  readonly label: number | null;
  readonly cause: string;
}

const WORST: readonly Verdict[] = ['risky', 'review', 'pass'];

/** The worst of several; of equal ones the first. */
export function worst(said: readonly [PieceVerdict, ...PieceVerdict[]]): PieceVerdict {
  return said.reduce((one, other) =>
    WORST.indexOf(other.verdict) < WORST.indexOf(one.verdict) ? other : one,
  );
}
