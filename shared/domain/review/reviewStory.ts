/** What staff read of a review, in Chinese. */
import type { Reviewed } from '../../schemas/review/review.ts';
import type { ReviewMatter } from './review.ts';

/** The story of a case. `word` is the name of the kind of thing, `appealWords` what its author says. */
export function matterStory(
  word: string,
  { kind, version }: ReviewMatter,
  { review }: Reviewed,
  appealWords: string | null,
): string {
  const which = `${word}（第 ${version} 版）`;
  if (kind === 'appeal') return `${which}被拒绝或下架，作者申诉：${appealWords ?? ''}`;
  if (kind === 'content_flagged' && review.cause === 'hidden') return `${which}被小组的老师或助教隐藏`;
  if (kind === 'content_flagged') {
    const hidden = review.isHidden ? '，已自动隐藏' : '';
    return `${which}被 ${review.flaggers} 人举报${hidden}`;
  }
  if (review.state !== 'queued') return `${which}已通过机器检查，抽中复查`;
  return `${which}等待人工审核：${review.doubts.map(doubtText).join('；')}`;
}

/** What a doubt means. */
export function doubtText(doubt: string): string {
  const [kind = '', detail = ''] = doubt.split(':');
  if (kind === 'check') return `平台存疑：${labelText(Number(detail))}`;
  if (kind === 'unchecked') return `平台未能检查（${detail}）`;
  return DOUBTS[kind] ?? doubt;
}

const DOUBTS: Readonly<Record<string, string>> = {
  silent: '平台两小时内没有答复',
  flagged: '上一版被举报过',
  contact: '含联系方式',
  link: '含站外链接',
  unfetched: '平台没有取到图片或声音',
  broken: '平台只检查了一部分',
};

/** What WeChat's label of a risk means. */
export function labelText(label: number): string {
  return LABELS[label] ?? `其他（${label}）`;
}

const LABELS: Readonly<Record<number, string>> = {
  100: '正常',
  10001: '广告',
  20001: '时政',
  20002: '色情',
  20003: '辱骂',
  20006: '违法犯罪',
  20008: '欺诈',
  20012: '低俗',
  20013: '版权',
  21000: '其他',
};

/** Why a case ended without a decision. */
export function whyEnded({ review }: Reviewed): string {
  return review.state === 'deleted' ? '作者已删除，自动关闭' : '已有新的一版，自动关闭';
}
