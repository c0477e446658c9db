/** Aims for the catalogue: products, courses and their outlines, categories, the cart. */
import * as categories from '../../../shared/data/catalogue/categories.ts';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import type { Course, Product } from '../../../shared/schemas/catalogue/product.ts';
import { aCourseDraft } from '../../support/given/course.ts';
import { aProductDraft } from '../../support/given/products.ts';
import { oneOf } from '../../support/seeded.ts';
import {
  type Aim,
  type Aiming,
  type Aims,
  fieldsOf,
  productsIn,
  some,
  someAfter,
  withBody,
  withPath,
  withQuery,
} from './aim.ts';

/** The kinds of products that staff create, other than courses. */
const KINDS = ['membership', 'content', 'media', 'bundle', 'column'] as const;

/** The generated texts of `name` in the body, as far as the schema allows them. */
function wordsOf({ input }: Aiming, name: string): Readonly<Record<string, unknown>> {
  const { title, subtitle, tags, teacher } = fieldsOf(fieldsOf(input.body)[name]);
  return { title, subtitle, tags, teacher };
}

function aCategory({ stored, chance }: Aiming): string {
  return some({ chance }, stored.all(categories.collection))?.id ?? 'programming';
}

const createCourse: Aim = (aiming) => {
  const words = { ...wordsOf(aiming, 'course'), category: aCategory(aiming) };
  return { input: withBody(aiming.input, { course: { ...aCourseDraft(aiming.world), ...words } }) };
};

const createProduct: Aim = (aiming) => {
  const kind = oneOf(aiming.chance, KINDS);
  const isCollection = kind === 'bundle' || kind === 'column';
  const simple = productsIn(aiming, 'published', (one) => one.kind === 'course' || one.kind === 'media');
  const parts = [...new Set([some(aiming, simple)?.id, some(aiming, simple)?.id])];
  const wishes = { category: aCategory(aiming), ...(isCollection && { parts }) };
  const pointsPrice = kind === 'media' ? { pointsPrice: 100 } : {};
  const product = aProductDraft(aiming.world, kind, {
    ...wordsOf(aiming, 'product'),
    ...wishes,
    ...pointsPrice,
  });
  return { input: withBody(aiming.input, { product }) };
};

const updateProduct: Aim = (aiming) => {
  const product = some(aiming, productsIn(aiming, 'published'));
  if (product === null) return null;
  const { listFen, id, version: expectedVersion } = product;
  const changes = [
    { title: '换了一个名字' },
    { summary: '讲得更细\n也更长' },
    { listFen: listFen + 100 },
    { listFen: Math.max(1, Math.floor(listFen * 0.8)) },
    { isFreeForMembers: !product.isFreeForMembers },
    { category: aCategory(aiming) },
  ];
  const change = oneOf(aiming.chance, changes);
  return { input: withPath(aiming.input, { id }, { expectedVersion, change }) };
};

/** A product in this state that fits, with its present version. `maker` creates one when there is none. */
function seen(state: Product['state'], maker: string, fits: (product: Product) => boolean): Aim {
  return async (aiming) => {
    const product = await someAfter(aiming, () => productsIn(aiming, state, fits), maker);
    if (product === null) return null;
    const { id, version: expectedVersion } = product;
    return { input: withPath(aiming.input, { id }, { expectedVersion }) };
  };
}

const removeProductDraft: Aim = async (aiming) => {
  const free = () => productsIn(aiming, 'draft', ({ partOf }) => partOf.length === 0);
  const product = await someAfter(aiming, free, 'createProduct');
  if (product === null) return null;
  const { id, version: expectedVersion } = product;
  return { input: withQuery(withPath(aiming.input, { id }), { expectedVersion }) };
};

function aCourse(aiming: Aiming, fits: (course: Course) => boolean = () => true): Course | null {
  return some(aiming, aiming.stored.all(courses.collection).filter(fits));
}

/** The outline that staff edit: the draft, or the published one. */
function outlineOf({ draft, chapters }: Course): Course['chapters'] {
  return draft ?? chapters;
}

const createLessons: Aim = (aiming) => {
  const course = aCourse(aiming, (one) => outlineOf(one).length > 0);
  if (course === null) return null;
  const { id, version: expectedVersion } = course;
  const chapter = Math.floor(aiming.chance() * outlineOf(course).length);
  const lesson = { title: '新课时', body: '新的正文', mediaKey: null, durationSeconds: 600, isTrial: false };
  const lessons = [{ ...lesson, id: aiming.world.ports.ids.make('les') }];
  return { input: withPath(aiming.input, { id }, { expectedVersion, chapter, lessons }) };
};

/** A lesson of the outline that staff edit. */
function aLesson(aiming: Aiming) {
  const course = aCourse(aiming);
  const lessons = course === null ? [] : outlineOf(course).flatMap((chapter) => chapter.lessons);
  const lesson = some(aiming, lessons);
  return course !== null && lesson !== null ? { course, lesson } : null;
}

const updateLesson: Aim = (aiming) => {
  const found = aLesson(aiming);
  if (found === null) return null;
  const change = oneOf(aiming.chance, [
    { title: '改过的课时' },
    { body: '改过的正文' },
    { durationSeconds: 700 },
  ]);
  const { course, lesson } = found;
  const path = { id: course.id, lessonId: lesson.id };
  return { input: withPath(aiming.input, path, { expectedVersion: course.version, change }) };
};

const putCourseOutline: Aim = (aiming) => {
  const course = aCourse(aiming);
  if (course === null) return null;
  const chapters = outlineOf(course).map(({ title, lessons }) => ({
    title,
    lessons: lessons.map(({ id, isHidden }) => ({ id, isHidden })).reverse(),
  }));
  const { id, version: expectedVersion } = course;
  return { input: withPath(aiming.input, { id }, { expectedVersion, chapters }) };
};

const publishCourseOutline: Aim = async (aiming) => {
  const drafts = () => aiming.stored.all(courses.collection).filter(({ draft }) => draft !== null);
  const course = await someAfter(aiming, drafts, 'createLessons');
  if (course === null) return null;
  const { id, version: expectedVersion } = course;
  return { input: withPath(aiming.input, { id }, { expectedVersion }) };
};

const resetCourseOutline: Aim = (aiming) => {
  const course = aCourse(aiming);
  if (course === null) return null;
  return { input: withPath(aiming.input, { id: course.id }, { expectedVersion: course.version }) };
};

const createCategory: Aim = ({ world, input }) => {
  const id = `c-${world.ports.ids.make('cat').slice(-10).toLowerCase()}`;
  return { input: withBody(input, { category: { id, title: `分类 ${id.slice(-4)}` } }) };
};

const putCategoryOrder: Aim = ({ stored, input, chance }) => {
  const ids = stored.all(categories.collection).map(({ id }) => id);
  const turn = Math.floor(chance() * ids.length);
  return { input: withBody(input, { ids: [...ids.slice(turn), ...ids.slice(0, turn)] }) };
};

const updateCategory: Aim = (aiming) => {
  const category = some(aiming, aiming.stored.all(categories.collection));
  if (category === null) return null;
  const change = oneOf(aiming.chance, [{ title: '换了名字' }, { isHidden: !category.isHidden }]);
  return {
    input: withPath(aiming.input, { id: category.id }, { expectedVersion: category.version, change }),
  };
};

const removeCategory: Aim = async (aiming) => {
  const { stored } = aiming;
  const used = () => new Set(stored.all(products.collection).map(({ category }) => category));
  const unused = () => stored.all(categories.collection).filter(({ id }) => !used().has(id));
  const category = await someAfter(aiming, unused, 'createCategory');
  return category && { input: withPath(aiming.input, { id: category.id }) };
};

/** The aims by operation. */
export const catalogueAims: Aims = {
  createCourse,
  createProduct,
  updateProduct,
  publishCourse: seen('draft', 'createCourse', ({ kind }) => kind === 'course'),
  publishProduct: seen('draft', 'createProduct', ({ kind }) => kind !== 'course'),
  removeProductDraft,
  createLessons,
  updateLesson,
  getAnyLesson: (aiming) => {
    const found = aLesson(aiming);
    return found && { input: withPath(aiming.input, { id: found.course.id, lessonId: found.lesson.id }) };
  },
  putCourseOutline,
  publishCourseOutline,
  resetCourseOutline,
  createCategory,
  putCategoryOrder,
  updateCategory,
  removeCategory,
  putCartItem: (aiming) => {
    const product = some(aiming, productsIn(aiming, 'published'));
    return product && { input: withPath(aiming.input, { productId: product.id }) };
  },
};
