/** What a verdict about a picture or a sound is worth, and when the platform is asked again. */
import { DAY_MS, HOUR_MS, MINUTE_MS, type TimeMs } from '../../schemas/base.ts';
import { FETCHED_MAX, type MediaCheck } from '../../schemas/review/mediaCheck.ts';
import type { PieceVerdict } from './checkedText.ts';

/** For how long the platform may fetch a file after it was asked. */
export const FETCHABLE_MS = HOUR_MS;
/** How long a verdict is waited for before the platform is asked once more. It says that half an hour is the most. */
export const ASK_AGAIN_MS = 40 * MINUTE_MS;
/** How long a check is kept as a record. */
export const CHECK_KEPT_MS = 90 * DAY_MS;

/**
 * What the platform's verdict says to our review. It passes what it could not fetch. So a pass counts only when we
 * handed out the file for this very question, and every part of the check succeeded; otherwise a person looks.
 */
export function worthOf(said: {
  readonly isFetched: boolean;
  readonly traceId: string;
  readonly suggest: PieceVerdict['verdict'];
  readonly label: number;
  readonly isWhole: boolean;
}): PieceVerdict {
  const { isFetched, traceId, suggest: verdict, label, isWhole } = said;
  if (verdict === 'pass' && !isFetched) return { verdict: 'review', label: null, cause: 'unfetched' };
  if (verdict === 'pass' && !isWhole) return { verdict: 'review', label: null, cause: 'broken' };
  return { verdict, label, cause: `check:${traceId}` };
}

/** The check after the file was handed out for a question. The same object when it was before. */
export function handedOut(check: MediaCheck, question: string): MediaCheck {
  if (check.fetched.includes(question)) return check;
  return { ...check, fetched: [...check.fetched, question].slice(-FETCHED_MAX) };
}

/** Whether the platform, which was asked once, is asked again because it has been silent. */
export function isToAskAgain({ asked, askedAtMs }: MediaCheck, now: TimeMs): boolean {
  return asked === 1 && askedAtMs !== null && now >= askedAtMs + ASK_AGAIN_MS;
}
