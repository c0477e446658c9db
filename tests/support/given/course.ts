/** Courses for tests, stored as staff would have made them. */
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as lessons from '../../../shared/data/catalogue/lessons.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import { type CourseDocuments, draftCourse } from '../../../shared/domain/catalogue/course.ts';
import { fen, LessonId, ProductId } from '../../../shared/schemas/base.ts';
import { CourseDraft, type Lesson, type Product } from '../../../shared/schemas/catalogue/product.ts';
import type { World } from '../world.ts';

/** The fields of a course that a test may choose. */
export interface CourseWishes {
  readonly title?: string;
  readonly subtitle?: string;
  readonly summary?: string;
  readonly category?: string;
  readonly tags?: readonly string[];
  readonly teacher?: string;
  readonly listFen?: number;
  readonly access?: Product['access'];
  /** `published` by default. */
  readonly state?: Product['state'];
  readonly mediaKey?: string | null;
}

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

function inState({ product, ...rest }: CourseDocuments, state: Product['state']): CourseDocuments {
  const publishedAtMs = state === 'draft' ? null : product.createdAtMs;
  return { ...rest, product: { ...product, state, publishedAtMs } };
}

/** Stores a course. The clock moves on by a millisecond, so that no two courses are equally new. */
export async function givenCourse(world: World, wishes: CourseWishes = {}): Promise<GivenCourse> {
  world.clock.advance(1);
  const draft = draftCourse(aCourseDraft(world, wishes), {
    draftDigest: '0'.repeat(64),
    now: world.clock.now(),
    makeLessonId: () => LessonId.parse(world.ports.ids.make('les')),
  });
  const documents = inState(draft, wishes.state ?? 'published');
  await world.ports.database.tx(async (tx) => {
    await products.insert(tx, documents.product);
    await courses.insert(tx, documents.course);
    for (const lesson of documents.lessons) await lessons.insert(tx, lesson);
  });
  const [trial, paid] = documents.lessons;
  if (trial === undefined || paid === undefined) throw new Error('a draft has three lessons');
  return { productId: documents.product.id, product: documents.product, trial, paid };
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
