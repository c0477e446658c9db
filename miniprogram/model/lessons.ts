/** How lessons of a course follow each other. */
import type { CourseView, OutlineLesson } from '../../client/types.ts';
import type { Places } from './places.ts';

type Outline = Pick<CourseView, 'chapters' | 'owned'>;

/** Where a lesson stands in its course. */
export interface Steps {
  /** `第 2 节，共 9 节`. */
  readonly number: string;
  readonly previous: Step | null;
  readonly next: Step | null;
}

/** The lesson before or after another one. */
export interface Step {
  readonly id: string;
  readonly title: string;
  readonly isText: boolean;
  /** Whether the caller may open it. */
  readonly isOpen: boolean;
}

const lessonsOf = ({ chapters }: Pick<CourseView, 'chapters'>) => chapters.flatMap(({ lessons }) => lessons);

/** Whether the caller may open a lesson: they own the course, or everybody may. */
export function mayOpen({ owned }: Pick<CourseView, 'owned'>, { isTrial }: OutlineLesson): boolean {
  return isTrial || owned?.isOwned === true;
}

/** Whether a lesson is read and not played. */
export function isText({ durationSeconds }: Pick<OutlineLesson, 'durationSeconds'>): boolean {
  return durationSeconds === 0;
}

/** Where a lesson stands in its course; null when it is not in the outline. */
export function stepsOf(course: Outline, lessonId: string): Steps | null {
  const lessons = lessonsOf(course);
  const at = lessons.findIndex(({ id }) => id === lessonId);
  if (at < 0) return null;
  const step = (lesson: OutlineLesson | undefined): Step | null =>
    lesson === undefined
      ? null
      : { id: lesson.id, title: lesson.title, isText: isText(lesson), isOpen: mayOpen(course, lesson) };
  return {
    number: `第 ${at + 1} 节，共 ${lessons.length} 节`,
    previous: step(lessons[at - 1]),
    next: step(lessons[at + 1]),
  };
}

/**
 * The lesson to go on with: where one was last on this phone, else on another one, else the first that may be opened.
 * Null when none may. `lastId` is what the server knows as the last one.
 */
export function lessonToResume(
  course: Outline,
  places: Places,
  lastId: string | null = null,
): OutlineLesson | null {
  const open = lessonsOf(course).filter((lesson) => mayOpen(course, lesson));
  const last = open.find(({ id }) => id === lastId);
  if (last !== undefined && open.every(({ id }) => places[id] === undefined)) return last;
  const lastAt = ({ id }: OutlineLesson) => places[id]?.atMs ?? 0;
  return open.reduce<OutlineLesson | null>(
    (best, lesson) => (best === null || lastAt(lesson) > lastAt(best) ? lesson : best),
    null,
  );
}
