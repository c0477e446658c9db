/** Certificates of finished courses. */
import type { CertificateView, CourseProgressView, VerifiedView } from '../../client/types.ts';
import type { Failure } from './failure.ts';
import { courseWords } from './learned.ts';
import type { Loaded } from './loaded.ts';
import { type ReviewNote, reviewNote } from './ownReview.ts';
import { failureLine, type StateLine, stateLineOf } from './stateLine.ts';

/** What the page knows. */
export interface CertificateModel {
  /** Empty when a certificate of somebody is looked at. */
  readonly courseId: string;
  readonly own: Loaded<{ readonly certificate: CertificateView | null }>;
  readonly progress: Loaded<CourseProgressView>;
  readonly verified: Loaded<VerifiedView>;
  readonly name: string;
  readonly isAsking: boolean;
  readonly failure: Failure | null;
}

/** A certificate as it is drawn. */
export interface PaperView {
  readonly name: string;
  readonly title: string;
  readonly lessons: string;
  readonly day: string;
  readonly number: string;
  readonly isRevoked: boolean;
}

/** What the template reads. */
export interface CertificatePage {
  readonly line: StateLine | null;
  readonly paper: PaperView | null;
  /** Whether it is somebody's own, who may copy its number and show it. */
  readonly isOwn: boolean;
  /** Where the name stands; null when others see it. */
  readonly note: ReviewNote | null;
  /** Whether the name did not pass, so that another one may be written. */
  readonly mayRename: boolean;
  /** Whether a name is asked for. */
  readonly mayClaim: boolean;
  readonly name: string;
  readonly isAsking: boolean;
  readonly wrong: StateLine | null;
  /** How far somebody is who is not done; empty for who is. */
  readonly missing: string;
}

/** A certificate among all of somebody's. */
export interface CertificateRow {
  readonly number: string;
  readonly productId: string;
  readonly title: string;
  readonly about: string;
}

/** A day as certificates tell it, with its year: `2026年11月30日`. */
export function paperDay(ms: number): string {
  const at = new Date(ms);
  return `${at.getFullYear()}年${at.getMonth() + 1}月${at.getDate()}日`;
}

/** The number in groups, as it is read out: `ZK 12345 ABCDE`. */
export function groupedNumber(number: string): string {
  return [number.slice(0, 2), number.slice(2, 7), number.slice(7)].filter((part) => part !== '').join(' ');
}

function paperOf({ own, verified }: CertificateModel): PaperView | null {
  const shown = own.value?.certificate ?? verified.value;
  if (shown == null) return null;
  return {
    name: 'name' in shown ? shown.name : shown.nameMasked,
    title: shown.title,
    lessons: `共 ${shown.lessons} 节`,
    day: paperDay(shown.finishedAtMs),
    number: groupedNumber(shown.number),
    isRevoked: shown.state === 'revoked',
  };
}

/** A certificate in a list. */
export function certificateRow({
  number,
  productId,
  title,
  state,
  finishedAtMs,
}: CertificateView): CertificateRow {
  const was = state === 'revoked' ? '已撤销' : `${paperDay(finishedAtMs)}学完`;
  return { number, productId, title, about: `${was} · 编号 ${groupedNumber(number)}` };
}

/** The page. */
export function certificatePage(model: CertificateModel, nowMs: number): CertificatePage {
  const { courseId, own, progress, verified, name, isAsking, failure } = model;
  const paper = paperOf(model);
  const review = own.value?.certificate?.review ?? null;
  const isOwn = courseId !== '';
  const isFree = own.value !== null && paper === null && progress.value !== null;
  const isFinished = progress.value !== null && progress.value.finishedAtMs !== null;
  const asked = isOwn ? (own.value === null ? own : progress) : verified;
  return {
    line: paper !== null || isFree ? null : stateLineOf<unknown>(asked),
    paper,
    isOwn: isOwn && paper !== null,
    note: reviewNote(review, '「学员」', nowMs),
    mayRename: paper?.isRevoked === false && (review?.state === 'rejected' || review?.state === 'removed'),
    mayClaim: isFree && isFinished,
    name,
    isAsking,
    wrong: failure === null ? null : failureLine(failure),
    missing:
      isFree && !isFinished && progress.value !== null ? courseWords(progress.value) || '还没有开始学习' : '',
  };
}
