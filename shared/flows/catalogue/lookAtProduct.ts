import * as contents from '../../data/catalogue/contents.ts';
import * as courses from '../../data/catalogue/courses.ts';
import * as lessons from '../../data/catalogue/lessons.ts';
import * as products from '../../data/catalogue/products.ts';
import { contentIdOf, linesOf } from '../../domain/catalogue/outline.ts';
import type { Ports } from '../../ports/ports.ts';
import type { LessonId, ProductId } from '../../schemas/base.ts';
import type { Lesson, Outline, ProductChange } from '../../schemas/catalogue/product.ts';
import { refuseWrongFiles } from './refuseWrongFiles.ts';

/** How many lessons are read at once. */
const AT_ONCE = 100;

/**
 * Looks at what is about to be published, outside of any transaction, which may not touch as many documents as a course
 * has lessons, nor ask anybody outside. Answers the lessons with a file of which nobody has said how long it plays. What
 * is on sale already is not looked at.
 * @throws storage.unavailable, or course.not_publishable and product.not_publishable with the reasons of `refuseWrongFiles`
 */
export async function lookAtProduct(ports: Ports, id: ProductId): Promise<readonly LessonId[]> {
  const product = await products.find(ports.database, id);
  if (product === null || product.state === 'published') return [];
  if (product.kind === 'course') {
    const course = await courses.find(ports.database, id);
    return lookAtOutline(ports, course?.chapters ?? [], product.coverUrl);
  }
  const content = await contents.find(ports.database, id);
  const mediaKeys = [content?.mediaKey ?? null];
  await refuseWrongFiles(ports, { code: 'product.not_publishable', coverUrl: product.coverUrl, mediaKeys });
  return [];
}

/**
 * The same for an outline. `coverUrl` is null when the cover is not part of what is published.
 * @throws storage.unavailable, or course.not_publishable with the reasons of `refuseWrongFiles`
 */
export async function lookAtOutline(
  ports: Ports,
  outline: Outline,
  coverUrl: string | null,
): Promise<readonly LessonId[]> {
  const ids = linesOf(outline).map(contentIdOf);
  const found: Lesson[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    found.push(...(await lessons.findMany(ports.database, ids.slice(from, from + AT_ONCE))));
  }
  const mediaKeys = found.map(({ mediaKey }) => mediaKey);
  await refuseWrongFiles(ports, { code: 'course.not_publishable', coverUrl, mediaKeys });
  return found
    .filter(({ mediaKey, durationSeconds }) => mediaKey !== null && durationSeconds === 0)
    .map(({ id }) => id);
}

/**
 * Looks at the files that a change names: what is on sale is changed at once.
 * @throws storage.unavailable, or product.change_refused with the reasons of `refuseWrongFiles`
 */
export async function lookAtChange(ports: Ports, { coverUrl, content }: ProductChange): Promise<void> {
  const mediaKeys = [content?.mediaKey ?? null];
  await refuseWrongFiles(ports, { code: 'product.change_refused', coverUrl: coverUrl ?? null, mediaKeys });
}
