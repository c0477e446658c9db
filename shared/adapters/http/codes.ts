/** Tables of the codes that platforms refuse with, and how a refusal is read by one. */
import { type AppError, fail, type Refusal, type Verdict } from '../../errors.ts';
import { redact } from '../process/log.ts';

/** What a code means, and the page of the platform that says so. */
export interface CodeMeaning {
  readonly is: Exclude<Verdict, 'unknown'>;
  readonly source: string;
}

/** The codes of one call. What is not in it is `unknown`. */
export type Codes = Readonly<Record<string, CodeMeaning>>;

/** Rows that mean the same and are said by the same page: `rows('later', 'page', ['A', 'B'])`. */
export function rows(is: CodeMeaning['is'], source: string, codes: readonly (string | number)[]): Codes {
  return Object.fromEntries(codes.map((code) => [String(code), { is, source }]));
}

/** What a code means in that table. */
export function verdictOf(codes: Codes, code: string | number): Verdict {
  return Object.hasOwn(codes, code) ? (codes[code]?.is ?? 'unknown') : 'unknown';
}

const CODE_CHARACTERS_MAX = 48;
const WORDS_CHARACTERS_MAX = 200;

/** A code as it may stand in an id: other characters become `_`. */
export function cleanCode(code: string): string {
  return code.slice(0, CODE_CHARACTERS_MAX).replace(/[^A-Za-z0-9_-]/g, '_') || 'NONE';
}

/** A platform's words as they may stand in a log and a case: one line, nothing secret, and not long. */
export function cleanWords(words: string): string {
  const line = words
    .slice(0, 4 * WORDS_CHARACTERS_MAX)
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return redact(line).slice(0, WORDS_CHARACTERS_MAX);
}

/** What says no more than that we ask too often, of all platforms. */
const TOO_OFTEN: readonly string[] = [
  'FREQUENCY_LIMITED',
  'FREQUENCY_LIMIT_EXCEED',
  'RATELIMIT_EXCEEDED',
  'RATELIMIT_EXCEED',
  '44990',
  '45009',
  '45011',
  '268490015',
];

/** What is thrown for a refusal that is no more than that we ask too often: nothing was tried. */
export function tooOften(
  refusal: Refusal,
  as: 'pay.unavailable' | 'wechat.unavailable' = 'pay.unavailable',
): AppError {
  return fail(as, { detail: `${refusal.call} ${refusal.code}: too often`, refusal, unasked: 'too_many' });
}

/** What is thrown for a refusal: no clear answer, with what the platform said. */
export function refusedBy(
  refusal: Refusal,
  as: 'pay.unavailable' | 'wechat.unavailable' = 'pay.unavailable',
  cause?: unknown,
): AppError {
  if (TOO_OFTEN.includes(refusal.code)) return tooOften(refusal, as);
  const detail = `${refusal.call} ${refusal.code} ${refusal.words}`.trim();
  return fail(as, { detail, refusal, ...(cause === undefined ? {} : { cause }) });
}
