/** What the caller told the shop, and what it answered. */
import type { FeedbackView } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { deviceTime } from './deviceTime.ts';

/** One turn, as the page shows it. */
export interface TurnRow {
  readonly id: string;
  /** `我` or `客服`. */
  readonly by: string;
  readonly words: string;
  readonly when: string;
}

/** A feedback, as the page shows it. */
export interface FeedbackRow {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly turns: readonly TurnRow[];
  /** `2 张图片`; empty for none. */
  readonly images: string;
  /** Until when more can be said, in words; empty when nothing can. */
  readonly until: string;
}

/** The feedback in words. */
export function feedbackRow(feedback: FeedbackView, nowMs: number): FeedbackRow {
  const { id, kind, state, turns, imageCount, reopenUntilMs } = feedback;
  return {
    id,
    kind: words.feedbackKind[kind],
    state: words.feedbackState[state],
    turns: turns.map(({ from, words: said, atMs }, index) => ({
      id: `${id}:${index}`,
      by: from === 'user' ? '我' : '客服',
      words: said,
      when: deviceTime(atMs, nowMs),
    })),
    images: imageCount === 0 ? '' : `${imageCount} 张图片`,
    until: reopenUntilMs === null ? '' : `${deviceTime(reopenUntilMs, nowMs)} 前可以继续补充`,
  };
}
