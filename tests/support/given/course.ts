/** Courses for tests, stored as staff would have made them. */
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as lessons from '../../../shared/data/catalogue/lessons.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import { draftCourse } from '../../../shared/domain/catalogue/course.ts';
import type { Collection, Doc, Tx } from '../../../shared/ports/database.ts';
import { fen, LessonId, ProductId } from '../../../shared/schemas/base.ts';
import { CourseDraft, type Lesson, type Product } from '../../../shared/schemas/catalogue/product.ts';
import type { World } from '../world.ts';

/** What a test may choose of a course: any field of its product, and the file of its lessons. */
export type CourseWishes = Partial<Omit<Product, 'listFen'>> & {
  readonly listFen?: number;
  readonly mediaKey?: string | null;
};

/** A stored course with three lessons, the first of them a trial. */
export interface GivenCourse {
  readonly productId: ProductId;
  readonly product: Product;
  readonly trial: Lesson;
  readonly paid: Lesson;
}

/** The request of staff for a course: one chapter with a trial lesson, one with two others. */
export function aCourseDraft(world: World, wishes: CourseWishes = {}): CourseDraft {
  const lesson = (title: string, isTrial: boolean) => ({
    title,
    body: `${title}的正文`,
    mediaKey: wishes.mediaKey === undefined ? 'courses/media.mp4' : wishes.mediaKey,
    durationSeconds: 600,
    isTrial,
  });
  return CourseDraft.parse({
    id: world.ports.ids.make('prd'),
    title: wishes.title ?? '一门课程',
    subtitle: wishes.subtitle ?? '',
    summary: wishes.summary ?? '',
    category: wishes.category ?? 'programming',
    tags: wishes.tags ?? [],
    teacher: wishes.teacher ?? '王老师',
    coverUrl: 'https://static.zhike.example/cover.jpg',
    listFen: wishes.listFen ?? 9_900,
    access: wishes.access ?? { kind: 'forever' },
    chapters: [
      { title: '第一章', lessons: [lesson('试听', true)] },
      { title: '第二章', lessons: [lesson('第一节', false), lesson('第二节', false)] },
    ],
  });
}

/** Inserts a document, even on a database whose commits lose their answers. */
async function put<D extends Doc>(tx: Tx, collection: Collection<D>, doc: D): Promise<void> {
  if ((await tx.find(collection, doc.id)) === null) await tx.insert(collection, doc);
}

/** Stores a product, by default a course on sale with its lessons. Another kind has no lessons and no content. */
async function storeProduct(world: World, asked: CourseWishes): Promise<GivenCourse> {
  const { mediaKey: _, ...wishes } = asked;
  const now = world.clock.now();
  const made = draftCourse(aCourseDraft(world, asked), {
    draftDigest: '0'.repeat(64),
    now,
    makeLessonId: () => LessonId.parse(world.ports.ids.make('les')),
  });
  const { kind = 'course', state = 'published' } = wishes;
  const counts = kind === 'course' ? {} : { lessonCount: 0, trialCount: 0 };
  const publishedAtMs = state === 'draft' ? null : now;
  const product: Product = {
    ...{ ...made.product, ...counts, state, publishedAtMs, ...wishes },
    listFen: made.product.listFen,
  };
  const { id: productId } = product;
  const own = made.lessons.map((lesson) => ({ ...lesson, productId }));
  await world.ports.database.tx(async (tx) => {
    await put(tx, products.collection, product);
    if (kind === 'course') await put(tx, courses.collection, { ...made.course, id: productId });
    if (kind === 'course') for (const lesson of own) await put(tx, lessons.collection, lesson);
  });
  const [trial, paid] = own;
  if (trial === undefined || paid === undefined) throw new Error('a draft has three lessons');
  return { productId, product, trial, paid };
}

/** Stores a product, by default a course on sale for 99 yuan. The clock stands still. */
export async function givenProduct(world: World, wishes: CourseWishes = {}): Promise<Product> {
  return (await storeProduct(world, wishes)).product;
}

/** Stores a course. The clock moves on by a millisecond, so that no two courses are equally new. */
export async function givenCourse(world: World, wishes: CourseWishes = {}): Promise<GivenCourse> {
  world.clock.advance(1);
  return storeProduct(world, wishes);
}

/** Changes a stored course's product, for example to withdraw it or to change its price. */
export async function givenProductChange(
  world: World,
  productId: ProductId,
  change: { readonly state?: Product['state']; readonly listFen?: number; readonly title?: string },
): Promise<void> {
  await world.ports.database.tx(async (tx) => {
    const before = await products.find(tx, productId);
    if (before === null) throw new Error(`no product ${productId}`);
    const { state = before.state, listFen = before.listFen, title = before.title } = change;
    const changed = { state, listFen: fen(listFen), title, updatedAtMs: world.clock.now() };
    await products.save(tx, before, { ...before, ...changed, version: before.version + 1 });
  });
}

/** An id of a product that does not exist. */
export function unknownProductId(world: World): ProductId {
  return ProductId.parse(world.ports.ids.make('prd'));
}
