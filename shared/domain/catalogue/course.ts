/**
 * Courses: what may be published, who may open a lesson, and what is shown of a course before it is paid for.
 *
 *   draft ── publish ──▶ published        withdrawn: no longer sold, still open to who bought it
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

/** How long past a lesson's own length its media stays open: pauses, and a slow start. */
const MEDIA_GRACE_MS = 15 * MINUTE_MS;
/** How long media stays open whose length nobody has said: it was published when nobody had to. */
const UNTIMED_MS = 4 * HOUR_MS;

/** All that is stored of one course. `lessons` are in the order of the outline. */
export interface CourseDocuments {
  readonly product: Product;
  readonly course: Course;
  readonly lessons: readonly Lesson[];
}

/** The documents of a new course, not yet published. `makeLessonId` is called once for each lesson, in order. */
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
 * What a repeat of the same making is answered with: the course as it is by now.
 * @throws course.id_taken when the id was used for another content
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

/** Why a course cannot be published yet, or null. */
function publishProblem(product: Product, course: Course, untimed: readonly LessonId[]): string | null {
  const lessons = course.chapters.flatMap((chapter) => chapter.lessons.filter(({ isHidden }) => !isHidden));
  if (lessons.length === 0) return 'no_lesson';
  const problem = termsProblem(product);
  if (problem !== null) return problem;
  if (untimed.length > 0) return 'no_duration';
  if (product.listFen === 0) return null;
  return lessons.every((lesson) => lesson.isTrial) ? 'nothing_to_pay_for' : null;
}

/** What of a course's outline decides whether it may be sold. */
interface OutlineChecked {
  readonly course: Course;
  /** Lessons with a file of which nobody has said how long it plays. */
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
 * The product, on sale; the very same product when it was before. One that was withdrawn keeps the time when it first
 * came out.
 * @throws course.not_publishable with the `reason`: `no_lesson`, `nothing_to_pay_for`, `no_duration`, or one of
 *   `termsProblem`
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

/** Whether a course can be seen: published by everybody, withdrawn by its owners, a draft by nobody. */
export function maySee(product: Product, isOwned: boolean): boolean {
  return product.state === 'published' || (product.state === 'withdrawn' && isOwned);
}

/**
 * A course's own page, without its hidden lessons, and without a chapter in which all are hidden. Lesson bodies and media
 * keys are in other documents.
 */
export function courseView(product: Product, course: Course, prices: Prices): Omit<CourseView, 'owned'> {
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
 * When a lesson's media closes: its length and a quarter of an hour from now, and never later than the access ends.
 * Four hours for media of unknown length.
 * `accessUntilAtMs` is null for access without an end.
 */
export function mediaExpiresAtMs(
  lesson: Pick<Lesson, 'durationSeconds'>,
  accessUntilAtMs: TimeMs | null,
  now: TimeMs,
): TimeMs {
  const lengthMs = lesson.durationSeconds === 0 ? UNTIMED_MS : lesson.durationSeconds * SECOND_MS;
  return sooner(accessUntilAtMs, now + lengthMs + MEDIA_GRACE_MS);
}

/** When a file that is downloaded and not played closes: in a quarter of an hour, and never later than the access ends. */
export function fileExpiresAtMs(accessUntilAtMs: TimeMs | null, now: TimeMs): TimeMs {
  return sooner(accessUntilAtMs, now + MEDIA_GRACE_MS);
}

function sooner(accessUntilAtMs: TimeMs | null, closesAtMs: number): TimeMs {
  return timeMs(Math.min(accessUntilAtMs ?? Number.POSITIVE_INFINITY, closesAtMs));
}
