/** The invariants of what people write and of its review. Each rule returns what breaks it, in words for staff. */
import { DAY_MS, HOUR_MS, type TimeMs } from '../../schemas/base.ts';
import type { MediaCheck } from '../../schemas/review/mediaCheck.ts';
import type { Reviewed, ReviewTarget } from '../../schemas/review/review.ts';
import type { Article } from '../../schemas/talk/article.ts';
import { CHECK_KEPT_MS } from '../review/mediaCheck.ts';
import { CHECK_MAX_MS, casesOf } from '../review/review.ts';
import type { Finding } from './invariants.ts';

/** How long the platform's answer may be waited for. The sweep that gives it up runs every quarter of an hour. */
const CHECKING_MS = CHECK_MAX_MS + HOUR_MS;

/** What is stored beside something that somebody wrote. */
export interface ReviewFacts {
  /** The ids of the cases about it that are open. */
  readonly openCases: ReadonlySet<string>;
  /** The checks of its files, by id. */
  readonly checks: ReadonlyMap<string, MediaCheck>;
  readonly now: TimeMs;
}

/** The ids of the cases that should be open about something that somebody wrote. */
export function caseIdsOf(about: ReviewTarget, reviewed: Reviewed): readonly string[] {
  return casesOf(reviewed).map(({ kind, version }) => `${kind}:${about}:${version}`);
}

/**
 * The checks without which no file of what others see may be shown: none where staff decided about that version, where
 * the newest version is another one, or where the checks are no longer kept.
 */
export function checkIdsOf(about: ReviewTarget, { shown, review }: Reviewed, now: TimeMs): readonly string[] {
  const { state, version, publicVersion, keptVersion, sinceAtMs } = review;
  const isByPlatform = state === 'public' && publicVersion === version && keptVersion !== version;
  if (shown === null || !isByPlatform || now > sinceAtMs + CHECK_KEPT_MS - DAY_MS) return [];
  const files = shown.audio === null ? shown.images : [...shown.images, shown.audio];
  return files.map((file) => `${about}:${version}:${file}`);
}

/**
 * The broken invariants of a review: a person knows of whatever waits for one, nothing waits for the platform for ever,
 * and others see only what the platform passed or a person decided.
 */
export function reviewFindings(
  about: ReviewTarget,
  reviewed: Reviewed,
  { openCases, checks, now }: ReviewFacts,
): readonly Finding[] {
  const { review } = reviewed;
  const told = (story: string) => [{ rule: 'review', about, story }] as const;
  const unknown = caseIdsOf(about, reviewed).filter((id) => !openCases.has(id));
  if (unknown.length > 0) return told(`内容待人工处理，却没有未结的工单：${unknown.join('、')}`);
  const isChecking = review.state === 'checking';
  if (isChecking !== review.waitsFor.length > 0) return told('内容送检的部分与审核状态不一致');
  if (isChecking && now > review.sinceAtMs + CHECKING_MS)
    return told('内容送检超过两小时，仍没有结论，也没有转人工');
  if (!isPassed(reviewed)) return told('内容公开，却没有通过检查或人工决定的记录');
  const unfetched = checkIdsOf(about, reviewed, now).filter((id) => !checks.get(id)?.fetched.length);
  return unfetched.length === 0 ? [] : told(`公开的文件没有被平台取走检查：${unfetched.join('、')}`);
}

/** Whether what is public says who let it be so. Once there is a newer version, the older one's record is gone. */
function isPassed({ review }: Reviewed): boolean {
  const { state, version, publicVersion, cause, by, isHidden } = review;
  if (state !== 'public') return publicVersion === null || publicVersion < version;
  if (publicVersion !== version) return false;
  if (by === 'platform') return cause.startsWith('check:');
  return by.startsWith('usr_') && (cause === 'staff' || (cause === 'hidden' && isHidden));
}

/** The broken invariant of flags: those of what is public are counted, unless staff have decided about that version. */
export function flagFindings(
  about: ReviewTarget,
  { review }: Reviewed,
  weights: readonly number[],
): readonly Finding[] {
  const weight = weights.reduce((sum, each) => sum + each, 0);
  if (review.flagWeight === weight && review.flaggers === weights.length) return [];
  const story = `举报计 ${review.flaggers} 人、权重 ${review.flagWeight}，实有 ${weights.length} 人、${weight}`;
  return [{ rule: 'flags', about, story }];
}

/** The broken invariant of an article: a published one says something, and since when. */
export function articleFindings({ id: about, state, blocks, publishedAtMs }: Article): readonly Finding[] {
  const isRight =
    state === 'published'
      ? blocks.length > 0 && publishedAtMs !== null
      : (state === 'draft') === (publishedAtMs === null);
  return isRight ? [] : [{ rule: 'article', about, story: '文章的状态与内容或发布时间不一致' }];
}
