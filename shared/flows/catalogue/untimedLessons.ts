import * as lessons from '../../data/catalogue/lessons.ts';
import { contentIdOf, linesOf } from '../../domain/catalogue/outline.ts';
import type { Reader } from '../../ports/database.ts';
import type { LessonId } from '../../schemas/base.ts';
import type { Outline } from '../../schemas/catalogue/product.ts';

/** How many lessons are read at once. */
const AT_ONCE = 100;

/**
 * The lessons of an outline that have a file, and nobody has said how long it plays. Read outside of any transaction,
 * which may not touch as many documents as a course has lessons.
 */
export async function untimedLessons(
  reader: Pick<Reader, 'findMany'>,
  outline: Outline,
): Promise<readonly LessonId[]> {
  const ids = linesOf(outline)
    .filter(({ durationSeconds }) => durationSeconds === 0)
    .map(contentIdOf);
  const untimed: LessonId[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const found = await lessons.findMany(reader, ids.slice(from, from + AT_ONCE));
    untimed.push(...found.filter(({ mediaKey }) => mediaKey !== null).map(({ id }) => id));
  }
  return untimed;
}
