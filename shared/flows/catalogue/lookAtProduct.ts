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
 * Checks a product that is about to be published. It runs outside any transaction, because a course has more lessons
 * than a transaction may touch, and because it asks the file storage. Returns the lessons that have a media file of
 * unknown length. A product already on sale is not checked.
 * @throws storage.unavailable, or course.not_publishable and product.not_publishable with the reasons of
 * `refuseWrongFiles`
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
 * Checks an outline in the same way. `coverUrl` is null when the cover is not part of what is published.
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
 * Checks the files that a product change names, because a change to a product on sale takes effect at once.
 * @throws storage.unavailable, or product.change_refused with the reasons of `refuseWrongFiles`
 */
export async function lookAtChange(ports: Ports, { coverUrl, content }: ProductChange): Promise<void> {
  const mediaKeys = [content?.mediaKey ?? null];
  await refuseWrongFiles(ports, { code: 'product.change_refused', coverUrl: coverUrl ?? null, mediaKeys });
}
