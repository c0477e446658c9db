/** Where something of one's own stands, why it was taken away, and what an appeal can do. */
import type { OwnWritten } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { deviceTime } from './deviceTime.ts';

/** What the page shows. */
export interface AppealShown {
  readonly title: string;
  readonly body: string;
  /** `未通过`, `已移除`, `审核中`. */
  readonly state: string;
  /** Who decided what, and when. */
  readonly decided: string;
  /** What it is about, in the platform's words; empty where that is not known. */
  readonly reason: string;
  /** Where the appeal stands, or until when there can be one. */
  readonly appeal: string;
  readonly mayAppeal: boolean;
}

/** What the platform's labels mean. */
const LABELS: Readonly<Record<number, string>> = {
  10001: '广告',
  20001: '时政',
  20002: '色情',
  20003: '辱骂',
  20006: '违法犯罪',
  20008: '欺诈',
  20012: '低俗',
  20013: '版权',
};

function decidedOf({ state, isHidden, takenBy }: OwnWritten['review']): string {
  if (isHidden) return '多人举报后暂时隐藏，由工作人员复核';
  if (state === 'public') return '所有能进入这里的人都能看到';
  if (state === 'removed') return '工作人员认为不符合社区规范，已移除';
  if (state === 'rejected')
    return takenBy === 'staff' ? '工作人员审核后没有通过' : '没有通过平台的内容安全检测';
  return state === 'checking' ? '平台正在检测，通常几分钟内完成' : '由工作人员审核，通过后其他人才能看到';
}

function appealOf({ state, isAppealed, appealUntilMs }: OwnWritten['review'], nowMs: number): string {
  const isTaken = state === 'rejected' || state === 'removed';
  if (isAppealed) {
    if (isTaken) return '申诉没有通过，这一版不能再次申诉';
    return state === 'public' ? '申诉通过，已恢复公开' : '申诉已提交，由另一位工作人员处理';
  }
  if (!isTaken) return '';
  return appealUntilMs === null ? '已超过申诉期限' : `${deviceTime(appealUntilMs, nowMs)} 前可以申诉一次`;
}

/** Where something of one's own stands. */
export function appealShown({ title, body, review }: OwnWritten, nowMs: number): AppealShown {
  const { state, isHidden, label, appealUntilMs, sinceAtMs } = review;
  const isRefused = state === 'rejected' && label !== null;
  return {
    ...{ title: title ?? '', body },
    state: isHidden ? '复核中' : words.reviewState[state],
    decided: `${deviceTime(sinceAtMs, nowMs)} · ${decidedOf(review)}`,
    reason: isRefused ? `可能涉及${LABELS[label] ?? '其他违规内容'}` : '',
    appeal: appealOf(review, nowMs),
    mayAppeal: appealUntilMs !== null && nowMs < appealUntilMs,
  };
}
