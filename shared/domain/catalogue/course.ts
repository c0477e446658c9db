/**
 * Courses: when one may be published, who may open a lesson, and what is shown before paying.
 *
 *   draft ── publish ──▶ published        withdrawn: no longer sold, still open to its owners
 */
import { fail } from '../../errors.ts';
import { HOUR_MS, type LessonId, MINUTE_MS, SECOND_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type {
  Course,
  CourseDraft,
  CourseView,
  Lesson,
  Product,
  StaffCourseView,
} from '../../schemas/catalogue/product.ts';
import { PLAIN_TERMS, PRICE_MAX_FEN, PRICE_MIN_FEN, termsProblem } from './product.ts';
import { courseCard, type Prices } from './productView.ts';
import { isOnShelf } from './shelf.ts';

/** How much longer than its length a lesson's media stays open, to allow for pauses and a slow start. */
const MEDIA_GRACE_MS = 15 * MINUTE_MS;
/** How long media of unknown length stays open. It was published before a length was required. */
const UNTIMED_MS = 4 * HOUR_MS;

/** All stored documents of one course. `lessons` are in the order of the outline. */
export interface CourseDocuments {
  readonly product: Product;
  readonly course: Course;
  readonly lessons: readonly Lesson[];
}

/** The documents of a new, unpublished course. `makeLessonId` is called once for each lesson, in order. */
export function draftCourse(
  draft: CourseDraft,
  asked: { readonly draftDigest: string; readonly now: TimeMs; readonly makeLessonId: () => LessonId },
): CourseDocuments {
  const { id, chapters, ...described } = draft;
  const { now, draftDigest, makeLessonId } = asked;
  const lessons: Lesson[] = [];
  const course: Course = {
    id,
    version: 1,
    draft: null,
    draftDigest,
    chapters: chapters.map((chapter) => ({
      title: chapter.title,
      lessons: chapter.lessons.map(({ title, body, mediaKey, durationSeconds, isTrial }) => {
        const lessonId = makeLessonId();
        lessons.push({ id: lessonId, productId: id, title, body, mediaKey, durationSeconds, isTrial });
        return { id: lessonId, title, durationSeconds, isTrial, contentId: null, isHidden: false };
      }),
    })),
  };
  const product: Product = {
    id,
    kind: 'course',
    version: 1,
    state: 'draft',
    ...PLAIN_TERMS,
    parts: [],
    partOf: [],
    ...described,
    lessonCount: lessons.length,
    trialCount: lessons.filter(({ isTrial }) => isTrial).length,
    publishedAtMs: null,
    createdAtMs: now,
    updatedAtMs: now,
  };
  return { product, course, lessons };
}

/**
 * The stored course, as the answer to a repeated creation. It may have changed since.
 * @throws course.id_taken when the id was used for different content
 */
export function createdBefore(
  stored: { readonly product: Product; readonly course: Course },
  draftDigest: string,
): { readonly product: Product; readonly course: Course } {
  if (stored.course.draftDigest !== draftDigest) throw fail('course.id_taken');
  return stored;
}

/** A course as staff see it. */
export function staffCourseView(product: Product, course: Course): StaffCourseView {
  const chapters = course.chapters.map(({ title, lessons }) => ({
    title,
    lessons: lessons.map(({ contentId: _, ...line }) => line),
  }));
  return { ...product, chapters };
}

/** Why a course cannot be published yet; null when it can. */
function publishProblem(product: Product, course: Course, untimed: readonly LessonId[]): string | null {
  const lessons = course.chapters.flatMap((chapter) => chapter.lessons.filter(({ isHidden }) => !isHidden));
  if (lessons.length === 0) return 'no_lesson';
  const problem = termsProblem(product);
  if (problem !== null) return problem;
  if (untimed.length > 0) return 'no_duration';
  if (product.listFen === 0) return null;
  return lessons.every((lesson) => lesson.isTrial) ? 'nothing_to_pay_for' : null;
}

/** The parts of a course's outline that decide whether it may be sold. */
interface OutlineChecked {
  readonly course: Course;
  /** Lessons with a media file whose length is unknown. */
  readonly untimed: readonly LessonId[];
}

/** Refuses an outline that cannot be sold. @throws course.not_publishable with the reasons of `publishCourse` */
export function refuseUnfitOutline(product: Product, { course, untimed }: OutlineChecked): void {
  const reason = publishProblem(product, course, untimed);
  if (reason === null) return;
  throw fail('course.not_publishable', {
    params: { reason, priceMinFen: PRICE_MIN_FEN, priceMaxFen: PRICE_MAX_FEN },
  });
}

/**
 * The product on sale. The same object is returned when it is on sale already. A withdrawn course keeps its first
 * publication time.
 * @throws course.not_publishable with the `reason`: `no_lesson`, `nothing_to_pay_for`, `no_duration`, or one of
 * `termsProblem`
 */
export function publishCourse(product: Product, checked: OutlineChecked, now: TimeMs): Product {
  if (product.state === 'published') return product;
  refuseUnfitOutline(product, checked);
  return {
    ...product,
    state: 'published',
    version: product.version + 1,
    publishedAtMs: product.publishedAtMs ?? now,
    updatedAtMs: now,
  };
}

/**
 * Whether a user can see a course. Everybody sees a published one, only owners a withdrawn one, and nobody a draft or
 * what is not listed.
 */
export function maySee(product: Product, isOwned: boolean): boolean {
  if (!isOnShelf(product)) return false;
  return product.state === 'published' || (product.state === 'withdrawn' && isOwned);
}

/**
 * A course's page. Hidden lessons are left out, and so are chapters whose lessons are all hidden. Lesson bodies and
 * media keys are in other documents.
 */
export function courseView(
  product: Product,
  course: Course,
  prices: Prices,
): Omit<CourseView, 'owned' | 'trialDays'> {
  const { summary, access, refundPolicy, saleFromAtMs, saleUntilAtMs } = product;
  const chapters = course.chapters
    .filter(({ lessons }) => lessons.length === 0 || lessons.some(({ isHidden }) => !isHidden))
    .map(({ title, lessons }) => ({
      title,
      lessons: lessons
        .filter(({ isHidden }) => !isHidden)
        .map(({ id, title, durationSeconds, isTrial }) => ({ id, title, durationSeconds, isTrial })),
    }));
  const shown = chapters.flatMap(({ lessons }) => lessons);
  return {
    ...courseCard(product, prices),
    ...{ summary, access, refundPolicy, saleFromAtMs, saleUntilAtMs, chapters },
    trialCount: shown.filter(({ isTrial }) => isTrial).length,
    durationSeconds: shown.reduce((sum, lesson) => sum + lesson.durationSeconds, 0),
  };
}

/**
 * When the link to a lesson's media expires: 15 minutes after the lesson's length from now, or 4 hours and 15
 * minutes when the length is unknown, but not later than the access ends. `accessUntilAtMs` is null for access
 * without an end.
 */
export function mediaExpiresAtMs(
  lesson: Pick<Lesson, 'durationSeconds'>,
  accessUntilAtMs: TimeMs | null,
  now: TimeMs,
): TimeMs {
  const lengthMs = lesson.durationSeconds === 0 ? UNTIMED_MS : lesson.durationSeconds * SECOND_MS;
  return sooner(accessUntilAtMs, now + lengthMs + MEDIA_GRACE_MS);
}

/** When the link to a downloaded file expires: in 15 minutes, but not later than the access ends. */
export function fileExpiresAtMs(accessUntilAtMs: TimeMs | null, now: TimeMs): TimeMs {
  return sooner(accessUntilAtMs, now + MEDIA_GRACE_MS);
}

function sooner(accessUntilAtMs: TimeMs | null, closesAtMs: number): TimeMs {
  return timeMs(Math.min(accessUntilAtMs ?? Number.POSITIVE_INFINITY, closesAtMs));
}
