/** Tables of the platforms' error codes, and how a refusal is classified by them. */
import { type AppError, fail, type Refusal, type Verdict } from '../../errors.ts';
import { redact } from '../process/log.ts';

/** What a code means, and the platform's page that says so. */
export interface CodeMeaning {
  readonly is: Exclude<Verdict, 'unknown'>;
  readonly source: string;
}

/** The codes of one call. A code that is missing here is `unknown`. */
export type Codes = Readonly<Record<string, CodeMeaning>>;

/** Rows with the same meaning and the same source: `rows('later', 'page', ['A', 'B'])`. */
export function rows(is: CodeMeaning['is'], source: string, codes: readonly (string | number)[]): Codes {
  return Object.fromEntries(codes.map((code) => [String(code), { is, source }]));
}

/** The meaning of a code in a table. */
export function verdictOf(codes: Codes, code: string | number): Verdict {
  return Object.hasOwn(codes, code) ? (codes[code]?.is ?? 'unknown') : 'unknown';
}

const CODE_CHARACTERS_MAX = 48;
const WORDS_CHARACTERS_MAX = 200;

/** A code as it may stand in an id. Other characters become `_`. */
export function cleanCode(code: string): string {
  return code.slice(0, CODE_CHARACTERS_MAX).replace(/[^A-Za-z0-9_-]/g, '_') || 'NONE';
}

/** A platform's words for logs and cases: on one line, without secrets, cut to a bounded length. */
export function cleanWords(words: string): string {
  const line = words
    .slice(0, 4 * WORDS_CHARACTERS_MAX)
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return redact(line).slice(0, WORDS_CHARACTERS_MAX);
}

/** Codes of all platforms that only say that we call too often. */
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

/** The error for a refusal because we call too often. It does not count as a try. */
export function tooOften(
  refusal: Refusal,
  as: 'pay.unavailable' | 'wechat.unavailable' = 'pay.unavailable',
): AppError {
  return fail(as, { detail: `${refusal.call} ${refusal.code}: too often`, refusal, unasked: 'too_many' });
}

/** The error for a refusal: no clear answer, with the platform's words. */
export function refusedBy(
  refusal: Refusal,
  as: 'pay.unavailable' | 'wechat.unavailable' = 'pay.unavailable',
  cause?: unknown,
): AppError {
  if (TOO_OFTEN.includes(refusal.code)) return tooOften(refusal, as);
  const detail = `${refusal.call} ${refusal.code} ${refusal.words}`.trim();
  return fail(as, { detail, refusal, ...(cause === undefined ? {} : { cause }) });
}
