/** The chapters and lessons of a course. */
import type { CourseView } from '../../client/types.ts';
import { dotted } from './card.ts';

/** A lesson in the outline. */
export interface LessonRow {
  readonly id: string;
  readonly title: string;
  /** `试听 · 14 分钟`. */
  readonly note: string;
  /** Whether the caller may open it. */
  readonly isOpen: boolean;
  readonly label: string;
}

/** A chapter of the outline. */
export interface ChapterView {
  readonly id: string;
  readonly title: string;
  readonly lessons: readonly LessonRow[];
}

/** The outline for the caller: what they own is open, and trials are open to everybody. */
export function outlineOf({
  chapters,
  owned,
}: Pick<CourseView, 'chapters' | 'owned'>): readonly ChapterView[] {
  const isOwned = owned?.isOwned === true;
  return chapters.map(({ title, lessons }, index) => ({
    id: String(index),
    title,
    lessons: lessons.map((lesson) => {
      const isOpen = isOwned || lesson.isTrial;
      const note = dotted([lesson.isTrial && !isOwned ? '试听' : '', durationWords(lesson.durationSeconds)]);
      const label = `${lesson.title}，${note}${isOpen ? '' : '，购买后可学'}`;
      return { id: lesson.id, title: lesson.title, note, isOpen, label };
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
