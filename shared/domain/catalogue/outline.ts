/**
 * Changes to a course's outline. Staff change a draft beside the outline that learners see, and publish it as a
 * whole.
 *
 *   published ── add, mend, move, hide ──▶ published + draft ── publish ──▶ published
 *                                                  └── reset ──▶ published, as it was
 *
 * - A lesson's id never changes. A published lesson can be hidden but not removed. Course owners keep what they
 *   opened, and it counts in their progress.
 * - A lesson's content is never overwritten. A change makes a new content document, and the draft's line refers to
 *   it. So publishing writes only the outline, however many lessons changed.
 */
import { fail } from '../../errors.ts';
import type { LessonId, TimeMs } from '../../schemas/base.ts';
import {
  type AddedLessons,
  COURSE_LESSONS_MAX,
  type Course,
  type Lesson,
  type LessonChange,
  type Outline,
  type OutlineAsked,
  type Product,
  type StaffOutline,
  type StoredLine,
} from '../../schemas/catalogue/product.ts';
import { lessonsOf } from '../access/usage.ts';
import { refuseUnfitOutline } from './course.ts';

/** A course before a step. */
export interface CourseBefore {
  readonly product: Product;
  readonly course: Course;
}

/** All lines of an outline, chapter by chapter. */
export function linesOf(outline: Outline): StoredLine[] {
  return outline.flatMap((chapter) => chapter.lessons);
}

/** The line of a lesson, or null. */
export function lineOf(outline: Outline, id: LessonId): StoredLine | null {
  return linesOf(outline).find((line) => line.id === id) ?? null;
}

/** The id of the document with a lesson's content. */
export function contentIdOf({ id, contentId }: StoredLine): LessonId {
  return contentId ?? id;
}

/** The outline that staff work on: the draft, or the published outline when there is no draft. */
export function workedOn(course: Course): Outline {
  return course.draft ?? course.chapters;
}

const refuse = (reason: string, params: Readonly<Record<string, unknown>> = {}) =>
  fail('course.change_refused', { params: { reason, ...params } });

/** Refuses to act on a version that is no longer current. @throws course.version_changed with the current version */
export function refuseUnlessOutlineSeen({ version }: Course, expectedVersion: number): void {
  if (version !== expectedVersion) throw fail('course.version_changed', { params: { version } });
}

const isEqual = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/**
 * The course with this outline as its draft. The same object is returned for a repeat of this change, whose first
 * answer was lost. A draft that equals the published outline is dropped.
 */
function withDraft(before: Course, outline: Outline, expectedVersion: number): Course {
  const isSame = isEqual(outline, workedOn(before));
  if (isSame && before.version === expectedVersion + 1) return before;
  refuseUnlessOutlineSeen(before, expectedVersion);
  const draft = isEqual(outline, before.chapters) ? null : outline;
  return { ...before, draft, version: before.version + 1 };
}

/**
 * The course with its lessons arranged in these chapters, each hidden or not. A lesson that no learner has ever seen
 * may be left out, which removes it.
 * @throws course.version_changed, and course.change_refused with the `reason`: `lesson_unknown`, `lesson_missing`
 */
export function arrangeOutline(
  { product, course: before }: CourseBefore,
  asked: { readonly chapters: OutlineAsked; readonly expectedVersion: number },
): Course {
  const known = new Map(linesOf(workedOn(before)).map((line) => [line.id, line]));
  const outline = asked.chapters.map(({ title, lessons }) => ({
    title,
    lessons: lessons.map(({ id, isHidden }) => {
      const line = known.get(id);
      if (line === undefined) {
        refuseUnlessOutlineSeen(before, asked.expectedVersion);
        throw refuse('lesson_unknown', { lessonId: id });
      }
      return { ...line, isHidden };
    }),
  }));
  const after = withDraft(before, outline, asked.expectedVersion);
  const seen = product.publishedAtMs === null ? [] : linesOf(before.chapters);
  const missing = seen.find(({ id }) => lineOf(outline, id) === null);
  if (missing !== undefined) throw refuse('lesson_missing', { lessonId: missing.id });
  return after;
}

/**
 * The course with new lessons at the end of a chapter (numbered from 0), and the lessons to store. For a repeat of
 * this change, the same course and no lessons. `stored` are the stored lessons that have one of the new ids.
 * @throws course.version_changed, lesson.id_taken, and course.change_refused with the `reason`: `chapter_unknown`,
 * `too_many_lessons`
 */
export function addLessons(
  before: Course,
  asked: {
    readonly chapter: number;
    readonly lessons: AddedLessons;
    readonly expectedVersion: number;
    readonly stored: readonly Lesson[];
  },
): { readonly course: Course; readonly lessons: readonly Lesson[] } {
  const { chapter, expectedVersion, stored } = asked;
  const lessons = asked.lessons.map((lesson): Lesson => ({ ...lesson, productId: before.id }));
  const outline = workedOn(before);
  const isRepeat = lessons.every(
    (lesson) =>
      lineOf(outline, lesson.id) !== null &&
      isSameLesson(
        stored.find(({ id }) => id === lesson.id),
        lesson,
      ),
  );
  if (isRepeat && before.version === expectedVersion + 1) return { course: before, lessons: [] };
  refuseUnlessOutlineSeen(before, expectedVersion);
  const [taken] = stored;
  if (taken !== undefined) throw fail('lesson.id_taken', { params: { lessonId: taken.id } });
  if (outline[chapter] === undefined) throw refuse('chapter_unknown', { chapterCount: outline.length });
  if (linesOf(outline).length + lessons.length > COURSE_LESSONS_MAX) {
    throw refuse('too_many_lessons', { lessonsMax: COURSE_LESSONS_MAX });
  }
  const added = lessons.map((lesson) => outlineLine(lesson, lesson));
  const after = outline.map((each, index) =>
    index === chapter ? { ...each, lessons: [...each.lessons, ...added] } : each,
  );
  return { course: withDraft(before, after, expectedVersion), lessons };
}

function isSameLesson(one: Lesson | undefined, other: Lesson): boolean {
  if (one === undefined) return false;
  return (Object.keys(other) as (keyof Lesson)[]).every((name) => one[name] === other[name]);
}

/** The outline line for a lesson with this content. */
function outlineLine(
  { id, isHidden }: { readonly id: LessonId; readonly isHidden?: boolean },
  content: Lesson,
): StoredLine {
  return {
    id,
    title: content.title,
    durationSeconds: content.durationSeconds,
    isTrial: content.isTrial,
    contentId: content.id === id ? null : content.id,
    isHidden: isHidden ?? false,
  };
}

/**
 * The course with a changed lesson, and the new content under `newId`. Null for a repeat of this change, whose first
 * answer was lost.
 * @throws lesson.not_found, course.version_changed
 */
export function mendLesson(
  before: Course,
  asked: {
    readonly lessonId: LessonId;
    /** The lesson's content in the outline that staff work on. */
    readonly content: Lesson;
    readonly change: LessonChange;
    readonly expectedVersion: number;
    readonly newId: LessonId;
  },
): { readonly course: Course; readonly content: Lesson } | null {
  const { lessonId, content, change, expectedVersion, newId } = asked;
  const outline = workedOn(before);
  const line = lineOf(outline, lessonId);
  if (line === null) throw fail('lesson.not_found');
  const after = changedContent(content, change);
  if (isSameLesson(content, after) && before.version === expectedVersion + 1) return null;
  refuseUnlessOutlineSeen(before, expectedVersion);
  const renamed = { ...after, id: newId };
  const draft = outline.map((chapter) => ({
    ...chapter,
    lessons: chapter.lessons.map((each) => (each === line ? outlineLine(line, renamed) : each)),
  }));
  return { course: { ...before, draft, version: before.version + 1 }, content: renamed };
}

function changedContent(before: Lesson, change: LessonChange): Lesson {
  const { title, body, mediaKey, durationSeconds, isTrial } = change;
  return {
    ...before,
    title: title ?? before.title,
    body: body ?? before.body,
    mediaKey: mediaKey === undefined ? before.mediaKey : mediaKey,
    durationSeconds: durationSeconds ?? before.durationSeconds,
    isTrial: isTrial ?? before.isTrial,
  };
}

/**
 * The course without its draft. The same object is returned when it has none.
 * @throws course.version_changed
 */
export function resetOutline(before: Course, expectedVersion: number): Course {
  if (before.draft === null) return before;
  refuseUnlessOutlineSeen(before, expectedVersion);
  return { ...before, draft: null, version: before.version + 1 };
}

/** What publishing an outline writes. */
export interface PublishedOutline extends CourseBefore {
  /** The bundles and columns that contain the course, with their new numbers of lessons. */
  readonly bundles: readonly Product[];
}

/**
 * The course with its draft published. The same documents are returned when there is no draft. `bundles` must be all
 * of `partOf`, because they count the course's lessons. Orders keep the number of lessons from when they were
 * placed, so nobody's progress changes.
 * @throws course.version_changed, and course.not_publishable with the reasons of `publishCourse`
 */
export function publishOutline(
  before: CourseBefore,
  asked: {
    readonly expectedVersion: number;
    /** Lessons of the draft with a media file whose length is unknown. */
    readonly untimed: readonly LessonId[];
    readonly bundles: readonly Product[];
    readonly now: TimeMs;
  },
): PublishedOutline {
  const { expectedVersion, untimed, bundles, now } = asked;
  const { product, course } = before;
  if (course.draft === null && course.version === expectedVersion + 1) return { ...before, bundles: [] };
  refuseUnlessOutlineSeen(course, expectedVersion);
  if (course.draft === null) return { ...before, bundles: [] };
  const published = { ...course, chapters: course.draft, draft: null, version: course.version + 1 };
  refuseUnfitOutline(product, { course: published, untimed });
  const shown = linesOf(published.chapters).filter(({ isHidden }) => !isHidden);
  const after: Product = {
    ...product,
    lessonCount: shown.length,
    trialCount: shown.filter(({ isTrial }) => isTrial).length,
    version: product.version + 1,
    updatedAtMs: now,
  };
  const more = lessonsOf(after) - lessonsOf(product);
  const moreTrials = after.trialCount - product.trialCount;
  return {
    product: after,
    course: published,
    bundles: bundles.map((bundle) => ({
      ...bundle,
      lessonCount: bundle.lessonCount + more,
      trialCount: bundle.trialCount + moreTrials,
      version: bundle.version + 1,
      updatedAtMs: now,
    })),
  };
}

/** A course's outline as staff edit it. */
export function staffOutline(course: Course): StaffOutline {
  return {
    id: course.id,
    version: course.version,
    isDraft: course.draft !== null,
    chapters: workedOn(course).map(({ title, lessons }) => ({
      title,
      lessons: lessons.map(({ contentId: _, ...line }) => ({ ...line, state: stateOf(course, line.id) })),
    })),
  };
}

function stateOf(course: Course, id: LessonId): 'published' | 'changed' | 'new' {
  const published = lineOf(course.chapters, id);
  if (published === null) return 'new';
  return isEqual(published, lineOf(workedOn(course), id)) ? 'published' : 'changed';
}

/** What the audit log keeps of an outline: the order of the lessons and which are hidden, without their content. */
export function outlineAudited(course: Course) {
  return {
    outlineVersion: course.version,
    chapters: workedOn(course).map(({ title, lessons }) => ({
      title,
      lessons: lessons.map(contentIdOf),
      hidden: lessons.filter(({ isHidden }) => isHidden).map(({ id }) => id),
    })),
  };
}
