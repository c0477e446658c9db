/**
 * Progress in a course: which lessons are finished. Shares are not stored. They are derived from what is finished and
 * today's outline, so a lesson that is added, hidden or removed changes them, and nothing else.
 */
import { courseFinished } from '../../../events/courseFinished.ts';
import { type Fact, fact } from '../../event.ts';
import { BasisPoints, type LessonId, type ProductId, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { Course } from '../../schemas/catalogue/product.ts';
import type { CourseProgress, CourseProgressView } from '../../schemas/learning/progress.ts';
import { linesOf } from '../catalogue/outline.ts';
import { CONTACT_MS } from './progress.ts';

/** The lessons of a course that have to be finished: those that its page shows. */
export function requiredLessons({ chapters }: Pick<Course, 'chapters'>): readonly LessonId[] {
  return linesOf(chapters).flatMap(({ id, isHidden }) => (isHidden ? [] : id));
}

/**
 * The progress with a lesson as the last one that was opened. The same object is returned when it was the last one
 * within ten minutes.
 */
export function openedLast(
  before: CourseProgress | null,
  asked: {
    readonly userId: UserId;
    readonly productId: ProductId;
    readonly lessonId: LessonId;
    readonly now: TimeMs;
  },
): CourseProgress {
  const { userId, productId, lessonId, now } = asked;
  if (before !== null) {
    const isKnown = before.lastLessonId === lessonId && now - before.updatedAtMs <= CONTACT_MS;
    return isKnown ? before : { ...before, lastLessonId: lessonId, updatedAtMs: now };
  }
  const times = { createdAtMs: now, updatedAtMs: now };
  const id = `${userId}:${productId}`;
  const none = { finished: [], finishedAtMs: null, finishedOf: 0, undoneAtMs: null };
  return { id, userId, productId, lastLessonId: lessonId, ...none, ...times };
}

/** Which of the required lessons are not finished. */
export function missingLessons(
  { finished }: Pick<CourseProgress, 'finished'>,
  required: readonly LessonId[],
): readonly LessonId[] {
  const done = new Set(finished);
  return required.filter((id) => !done.has(id));
}

/**
 * The progress with more finished lessons. When no required lesson is missing for the first time, the course is
 * finished, and the fact says so. What a refund has undone is not finished again by it.
 */
export function withFinished(
  before: CourseProgress,
  lessons: readonly LessonId[],
  { required, now }: { readonly required: readonly LessonId[]; readonly now: TimeMs },
): { readonly course: CourseProgress; readonly facts: readonly Fact[] } {
  const finished = [...new Set([...before.finished, ...lessons])];
  const after = { ...before, finished, updatedAtMs: now };
  const isWhole = required.length > 0 && missingLessons(after, required).length === 0;
  if (!isWhole || before.finishedAtMs !== null || before.undoneAtMs !== null) {
    return { course: finished.length === before.finished.length ? before : after, facts: [] };
  }
  const { userId, productId } = before;
  const told = fact(courseFinished, `${userId}:${productId}`, { userId, productId, finishedAtMs: now });
  return { course: { ...after, finishedAtMs: now, finishedOf: required.length }, facts: [told] };
}

/** How far somebody is in a course today. `before` is null for somebody who has opened nothing. */
export function courseShare(
  before: Pick<CourseProgress, 'finished' | 'finishedAtMs' | 'lastLessonId'> | null,
  course: Pick<Course, 'id' | 'chapters'>,
): Omit<CourseProgressView, 'lessons'> {
  const required = requiredLessons(course);
  const finishedCount = before === null ? 0 : required.length - missingLessons(before, required).length;
  const share = Math.floor((finishedCount * 10_000) / Math.max(1, required.length));
  return {
    productId: course.id,
    lessonCount: required.length,
    finishedCount,
    progressBp: BasisPoints.parse(share),
    finishedAtMs: before?.finishedAtMs ?? null,
    lastLessonId: before?.lastLessonId ?? null,
  };
}
