/** Where something of one's own stands, as its author reads it. */
import type { OwnReview } from '../../client/types.ts';
import { words } from '../../client/words.ts';

/** What the author is told, and whether they may ask staff to look again. */
export interface ReviewNote {
  readonly target: string;
  /** `审核中`, `未通过`. */
  readonly state: string;
  readonly text: string;
  readonly mayAppeal: boolean;
}

/**
 * The note about a review; null when others see the newest version. `others` says what they see meanwhile: `「知友4F7K」`.
 */
export function reviewNote(review: OwnReview | null, others: string, nowMs: number): ReviewNote | null {
  if (review === null || (review.state === 'public' && !review.isHidden)) return null;
  const { target, state, appealUntilMs } = review;
  const isWaiting = state === 'checking' || state === 'queued';
  const mayAppeal = appealUntilMs !== null && nowMs < appealUntilMs;
  const then = isWaiting
    ? '通过后其他人才能看到'
    : mayAppeal
      ? '可以修改，或在 14 天内申诉'
      : '可以修改后重新提交';
  return { target, state: words.reviewState[state], text: `${then}，现在其他人看到的是${others}`, mayAppeal };
}
