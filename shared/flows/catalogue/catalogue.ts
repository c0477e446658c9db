/**
 * The catalogue as learners read it, through the cache. Another process may show a course as it was up to a minute
 * ago; prices that somebody pays are never read here.
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

/** Under which key of the cache the search index is. */
export const SEARCH_KEY = 'catalogue:search';

const courseKey = (id: ProductId) => `course:${id}`;
const productKey = (id: ProductId) => `product:${id}`;

/** A course in whatever state, `maySee` says to whom: the product, and the outline. */
export interface ShownCourse {
  readonly product: Product;
  readonly course: Course;
}

/** The course, or null when there is none. Shared: not to be changed by who gets it. */
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

/** A lesson as it was published, body and all, with the course that it is in. */
export interface ShownLesson {
  readonly product: Product;
  readonly lesson: Lesson;
  readonly isHidden: boolean;
}

/** The lesson, or null, also for one that was never published. Who may see it is asked elsewhere. */
export async function findShownLesson(ports: Ports, id: LessonId): Promise<ShownLesson | null> {
  const first = await findContent(ports, id);
  const course = first === null ? null : await findCourse(ports, first.productId);
  const line = course === null ? null : lineOf(course.course.chapters, id);
  if (course === null || line === null) return null;
  const content = await findContent(ports, contentIdOf(line));
  if (content === null) return null;
  return { product: course.product, lesson: { ...content, id }, isHidden: line.isHidden };
}

/** What a lesson says. It never changes: a lesson that says something else has another content. */
function findContent(ports: Ports, contentId: LessonId): Promise<Lesson | null> {
  return ports.cache.remember(`lesson:${contentId}`, REMEMBERED_MS, () =>
    lessons.find(ports.database, contentId),
  );
}

/** A product of any kind in whatever state, what is paid for of it, and what is in it. */
export interface ShownProduct {
  readonly product: Product;
  readonly content: Content | null;
  readonly parts: readonly Product[];
}

/** The product, or null when there is none. Shared: not to be changed by who gets it. */
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

/** Makes a change of a course or any other product show, and be found, at once where it was made. */
export async function forgetCourse(ports: Ports, id: ProductId): Promise<void> {
  await Promise.all([courseKey(id), productKey(id), SEARCH_KEY].map((key) => ports.cache.forget(key)));
}
