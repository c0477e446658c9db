/**
 * The catalogue as learners read it, through the cache. Another process may show a course as it was up to a minute
 * ago. Prices that somebody pays are never read from here.
 */
import * as contents from '../../data/catalogue/contents.ts';
import * as courses from '../../data/catalogue/courses.ts';
import * as lessons from '../../data/catalogue/lessons.ts';
import * as products from '../../data/catalogue/products.ts';
import { contentIdOf, lineOf } from '../../domain/catalogue/outline.ts';
import type { Ports } from '../../ports/ports.ts';
import { type LessonId, MINUTE_MS, type ProductId } from '../../schemas/base.ts';
import type { Content, Course, Lesson, Product } from '../../schemas/catalogue/product.ts';

const REMEMBERED_MS = MINUTE_MS;

/** The key in memory that says the search index has every change. Each change that this process makes clears it. */
export const CHANGES_KEY = 'catalogue:changes';

const courseKey = (id: ProductId) => `course:${id}`;
const productKey = (id: ProductId) => `product:${id}`;

/** A course in any state, with its outline. `maySee` decides who may see it. */
export interface ShownCourse {
  readonly product: Product;
  readonly course: Course;
}

/** The course, or null when there is none. The result is shared by callers and must not be changed. */
export function findCourse(ports: Ports, id: ProductId): Promise<ShownCourse | null> {
  return ports.cache.remember(courseKey(id), REMEMBERED_MS, async () => {
    const [product, course] = await Promise.all([
      products.find(ports.database, id),
      courses.find(ports.database, id),
    ]);
    if (product === null || course === null) return null;
    return { product, course };
  });
}

/** A published lesson with its body, and its course. */
export interface ShownLesson {
  readonly product: Product;
  readonly lesson: Lesson;
  readonly isHidden: boolean;
}

/** The lesson, or null, also when it was never published. The caller checks who may see it. */
export async function findShownLesson(ports: Ports, id: LessonId): Promise<ShownLesson | null> {
  const first = await findContent(ports, id);
  const course = first === null ? null : await findCourse(ports, first.productId);
  const line = course === null ? null : lineOf(course.course.chapters, id);
  if (course === null || line === null) return null;
  const content = await findContent(ports, contentIdOf(line));
  if (content === null) return null;
  return { product: course.product, lesson: { ...content, id }, isHidden: line.isHidden };
}

/** A lesson's content. It never changes, because a changed lesson gets another content document. */
function findContent(ports: Ports, contentId: LessonId): Promise<Lesson | null> {
  return ports.cache.remember(`lesson:${contentId}`, REMEMBERED_MS, () =>
    lessons.find(ports.database, contentId),
  );
}

/** A product of any kind in any state, with its paid content and its parts. */
export interface ShownProduct {
  readonly product: Product;
  readonly content: Content | null;
  readonly parts: readonly Product[];
}

/** The product, or null when there is none. The result is shared by callers and must not be changed. */
export function findProduct(ports: Ports, id: ProductId): Promise<ShownProduct | null> {
  return ports.cache.remember(productKey(id), REMEMBERED_MS, async () => {
    const [product, content] = await Promise.all([
      products.find(ports.database, id),
      contents.find(ports.database, id),
    ]);
    if (product === null) return null;
    const parts = product.parts.length === 0 ? [] : await products.findMany(ports.database, product.parts);
    return { product, content, parts };
  });
}

/** Drops a product from the cache, so that this process shows and finds its change at once. */
export async function forgetCourse(ports: Ports, id: ProductId): Promise<void> {
  const shared = [courseKey(id), productKey(id)].map((key) => ports.cache.forget(key));
  await Promise.all([...shared, ports.memory.forget(CHANGES_KEY)]);
}
