import * as courses from '../../data/catalogue/courses.ts';
import * as lessons from '../../data/catalogue/lessons.ts';
import { contentIdOf, linesOf } from '../../domain/catalogue/outline.ts';
import type { Reader } from '../../ports/database.ts';
import type { ProductId } from '../../schemas/base.ts';
import type { Course, Lesson } from '../../schemas/catalogue/product.ts';

/** How many lessons are read at once. */
const AT_ONCE = 100;

/** A course's outline and all its lessons, those of its draft included; null when it is no course. */
export async function lessonsOf(
  reader: Pick<Reader, 'find' | 'findMany'>,
  courseId: ProductId,
): Promise<{ readonly course: Course; readonly lessons: readonly Lesson[] } | null> {
  const course = await courses.find(reader, courseId);
  if (course === null) return null;
  const lines = [...linesOf(course.chapters), ...linesOf(course.draft ?? [])];
  const ids = [...new Set(lines.map(contentIdOf))];
  const found: Lesson[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    found.push(...(await lessons.findMany(reader, ids.slice(from, from + AT_ONCE))));
  }
  return { course, lessons: found };
}
