/** The chapters and lessons of a course. */
import type { CourseProgressView, CourseView } from '../../client/types.ts';
import { dotted } from './card.ts';
import { learnedWords } from './learned.ts';
import { isText, mayOpen } from './lessons.ts';

/** A lesson in the outline. */
export interface LessonRow {
  readonly id: string;
  readonly title: string;
  /** `试听 · 14 分钟`. */
  readonly note: string;
  /** Whether the caller may open it. */
  readonly isOpen: boolean;
  /** Whether it is the one that is open now. */
  readonly isCurrent: boolean;
  /** Whether it is read and not played. */
  readonly isText: boolean;
  readonly label: string;
}

/** A chapter of the outline. */
export interface ChapterView {
  readonly id: string;
  readonly title: string;
  readonly lessons: readonly LessonRow[];
}

/**
 * The outline for the caller: what they own is open, and trials are open to everybody. `currentId` is the lesson that
 * is open now.
 */
export function outlineOf(
  { chapters, owned }: Pick<CourseView, 'chapters' | 'owned'>,
  currentId = '',
  progress: Pick<CourseProgressView, 'lessons'> | null = null,
): readonly ChapterView[] {
  const learned = new Map((progress?.lessons ?? []).map((lesson) => [lesson.lessonId, lesson]));
  const isOwned = owned?.isOwned === true;
  return chapters.map(({ title, lessons }, index) => ({
    id: String(index),
    title,
    lessons: lessons.map((lesson) => {
      const { id, title } = lesson;
      const isOpen = mayOpen({ owned }, lesson);
      const isCurrent = id === currentId;
      const kind = isText(lesson) ? '图文' : durationWords(lesson.durationSeconds);
      const note = dotted([lesson.isTrial && !isOwned ? '试听' : '', kind, learnedWords(learned.get(id))]);
      const label = `${title}，${note}${isOpen ? '' : '，购买后可学'}${isCurrent ? '，正在学' : ''}`;
      return { id, title, note, isOpen, isCurrent, isText: isText(lesson), label };
    }),
  }));
}

/** A playing time: `14 分钟`, `1 小时 5 分钟`; empty for none. Less than a minute counts as one. */
export function durationWords(seconds: number): string {
  if (seconds === 0) return '';
  const minutes = Math.max(1, Math.round(seconds / 60));
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${rest} 分钟`;
  return rest === 0 ? `${hours} 小时` : `${hours} 小时 ${rest} 分钟`;
}
