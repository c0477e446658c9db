import * as courses from '../../data/catalogue/courses.ts';
import * as lessons from '../../data/catalogue/lessons.ts';
import type { Reader } from '../../ports/database.ts';
import type { LessonId, ProductId } from '../../schemas/base.ts';

/** How many lessons are read at once. */
const AT_ONCE = 100;

/**
 * The lessons of a course that have a file, and nobody has said how long it plays. Read outside of any transaction,
 * which may not touch as many documents as a course has lessons.
 */
export async function untimedLessons(
  reader: Pick<Reader, 'find' | 'findMany'>,
  courseId: ProductId,
): Promise<readonly LessonId[]> {
  const course = await courses.find(reader, courseId);
  const outline = course?.chapters.flatMap((chapter) => chapter.lessons) ?? [];
  const ids = outline.filter(({ durationSeconds }) => durationSeconds === 0).map(({ id }) => id);
  const untimed: LessonId[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const found = await lessons.findMany(reader, ids.slice(from, from + AT_ONCE));
    untimed.push(...found.filter(({ mediaKey }) => mediaKey !== null).map(({ id }) => id));
  }
  return untimed;
}
