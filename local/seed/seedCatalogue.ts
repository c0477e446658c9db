/** The catalogue that a laptop starts with: something to find, to buy and to learn. */

import * as categories from '../../shared/data/catalogue/categories.ts';
import * as contents from '../../shared/data/catalogue/contents.ts';
import * as courses from '../../shared/data/catalogue/courses.ts';
import * as lessons from '../../shared/data/catalogue/lessons.ts';
import * as products from '../../shared/data/catalogue/products.ts';
import * as couponStocks from '../../shared/data/coupons/couponStocks.ts';
import * as couponTemplates from '../../shared/data/coupons/couponTemplates.ts';
import * as quizzes from '../../shared/data/learning/quizzes.ts';
import * as campaigns from '../../shared/data/pricing/campaigns.ts';
import * as flashSales from '../../shared/data/pricing/flashSales.ts';
import { newCategory } from '../../shared/domain/catalogue/category.ts';
import { type CourseDocuments, draftCourse, publishCourse } from '../../shared/domain/catalogue/course.ts';
import { draftProduct, publishProduct } from '../../shared/domain/catalogue/productDraft.ts';
import { draftTemplate, publishTemplate } from '../../shared/domain/coupons/couponTemplate.ts';
import { writeQuiz } from '../../shared/domain/learning/quiz.ts';
import { newStocks } from '../../shared/domain/pricing/flashSale.ts';
import { draftOf, publishPromotion } from '../../shared/domain/pricing/promotion.ts';
import { saveParts } from '../../shared/flows/catalogue/saveParts.ts';
import { wantGoods } from '../../shared/flows/operations/wantGoods.ts';
import { wantSaleGoods } from '../../shared/flows/pricing/flashSales.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import {
  DAY_MS,
  LessonId,
  MINUTE_MS,
  ProductId,
  SECOND_MS,
  type TemplateId,
  timeMs,
} from '../../shared/schemas/base.ts';
import { CourseDraft } from '../../shared/schemas/catalogue/product.ts';
import { PassBp } from '../../shared/schemas/learning/quiz.ts';
import type { Campaign, FlashSale } from '../../shared/schemas/pricing/promotion.ts';
import { MEDIA_DOMAIN } from '../mediaDomain.ts';
import { seedTemplateId, seedTemplates } from './coupons.ts';
import type { SeedCourse } from './course.ts';
import { lifeCourses } from './courses.life.ts';
import { programmingCourses } from './courses.programming.ts';
import { workCourses } from './courses.work.ts';
import { seedProductId, seedProducts } from './products.ts';
import { seedCampaign, seedCampaignId, seedSale, seedSaleId } from './promotions.ts';
import { seedQuizzes } from './quizzes.ts';
import { seedUlid } from './seedUlid.ts';

/** The courses, in the order of their numbers. */
export const seedCourses: readonly SeedCourse[] = [...programmingCourses, ...workCourses, ...lifeCourses];

/** When the first course came out, 1 March 2026. The others follow every third day. */
const FIRST_AT_MS = Date.UTC(2026, 2, 1, 2);
const BETWEEN_MS = 3 * DAY_MS;
/** The distance between the lesson numbers of two courses. Lessons are numbered within their course. */
const LESSONS_APART = 1_000;

function lessonBody(course: SeedCourse, title: string): string {
  return [
    `# ${title}`,
    `本节属于《${course.title}》，由${course.teacher}讲授。`,
    `先看一个真实的例子：它从哪里出错，又是怎样被发现的。再把“${title}”拆成三步，每一步都给出可以照着做的做法。`,
    '## 练习\n把今天的做法用在你自己的一件事上，写下结果，下一节开头我们会用到它。',
  ].join('\n\n');
}

function seedDraft(course: SeedCourse, number: number): CourseDraft {
  const id = `prd_${seedUlid(number)}`;
  let count = 0;
  return CourseDraft.parse({
    id,
    title: course.title,
    subtitle: course.subtitle,
    summary: course.summary,
    category: course.category,
    tags: course.tags,
    teacher: course.teacher,
    coverUrl: `${MEDIA_DOMAIN}/covers/${id}.svg`,
    listFen: course.priceYuan * 100,
    access: course.accessDays === null ? { kind: 'forever' } : { kind: 'days', days: course.accessDays },
    chapters: course.chapters.map(([title, chapterLessons]) => ({
      title,
      lessons: chapterLessons.map(([lessonTitle, minutes]) => {
        count += 1;
        return {
          title: lessonTitle,
          body: lessonBody(course, lessonTitle),
          mediaKey: `courses/${id}/${count}.mp4`,
          durationSeconds: (minutes * MINUTE_MS) / SECOND_MS,
          isTrial: count <= course.trialCount,
        };
      }),
    })),
  });
}

function seedDocuments(ports: Ports, course: SeedCourse, number: number): CourseDocuments {
  const draft = seedDraft(course, number);
  const now = timeMs(FIRST_AT_MS + number * BETWEEN_MS);
  let count = 0;
  const documents = draftCourse(draft, {
    draftDigest: ports.secrets.digest('course.draft', JSON.stringify(draft)),
    now,
    makeLessonId: () => {
      count += 1;
      return LessonId.parse(`les_${seedUlid(number * LESSONS_APART + count)}`);
    },
  });
  return {
    ...documents,
    product: publishCourse(documents.product, { course: documents.course, untimed: [] }, now),
  };
}

/** The id of the seeded course with this number, from 1, in the order of the lists. */
export function seedCourseId(number: number): ProductId {
  return ProductId.parse(`prd_${seedUlid(number)}`);
}

/** The categories of the seeded catalogue, in the order in which they are shown. */
const seedCategories = {
  programming: '编程开发',
  data: '数据分析',
  design: '设计创意',
  business: '商业职场',
  writing: '写作表达',
  language: '语言学习',
  finance: '投资理财',
  mind: '心理成长',
  health: '健康生活',
  parenting: '亲子教育',
  membership: '会员',
} as const;

async function storeCategories({ database }: Ports): Promise<void> {
  for (const [id, title] of Object.entries(seedCategories)) {
    const others = await categories.inOrder(database);
    await database.tx(async (tx) => {
      if ((await categories.find(tx, id)) !== null) return;
      await categories.insert(tx, newCategory({ id, title, isHidden: false }, others, timeMs(FIRST_AT_MS)));
    });
  }
}

interface Missing<T> {
  readonly number: number;
  readonly seed: T;
}

/** Those that are not stored yet, with their numbers. Only they are made, because a start waits for that. */
async function missing<T, Id>(
  seeds: readonly T[],
  idOf: (number: number) => Id,
  find: (id: Id) => Promise<object | null>,
): Promise<readonly Missing<T>[]> {
  const found = await Promise.all(seeds.map((_, index) => find(idOf(index + 1))));
  return seeds.flatMap((seed, index) => (found[index] === null ? { number: index + 1, seed } : []));
}

async function storeCourses(ports: Ports): Promise<number> {
  let stored = 0;
  const find = (id: ProductId) => products.find(ports.database, id);
  for (const { number, seed } of await missing(seedCourses, seedCourseId, find)) {
    const documents = seedDocuments(ports, seed, number);
    const isNew = await ports.database.tx(async (tx) => {
      if ((await products.find(tx, documents.product.id)) !== null) return false;
      await products.insert(tx, documents.product);
      await courses.insert(tx, documents.course);
      for (const lesson of documents.lessons) await lessons.insert(tx, lesson);
      if (ports.rails.xpay !== null) await wantGoods(tx, documents.product, documents.product.createdAtMs);
      return true;
    });
    if (isNew) stored += 1;
  }
  return stored;
}

/** Stores the quizzes that are not there yet. */
async function storeQuizzes(ports: Ports): Promise<void> {
  for (const { course, lesson, questions } of seedQuizzes) {
    const number = seedCourses.findIndex(({ title }) => title === course) + 1;
    const id = LessonId.parse(`les_${seedUlid(number * LESSONS_APART + lesson)}`);
    const [productId, now] = [seedCourseId(number), timeMs(FIRST_AT_MS)];
    const passBp = PassBp.parse(undefined);
    await ports.database.tx(async (tx) => {
      if ((await quizzes.find(tx, id)) !== null) return;
      const asked = { id, productId, questions, passBp, expectedVersion: 0, now };
      await quizzes.save(tx, null, writeQuiz(null, asked));
    });
  }
}

async function storeProducts(ports: Ports): Promise<number> {
  let stored = 0;
  const find = (id: ProductId) => products.find(ports.database, id);
  for (const { seed } of await missing(seedProducts, seedProductId, find)) {
    const draft = seed();
    const draftDigest = ports.secrets.digest('product.draft', JSON.stringify(draft));
    const now = timeMs(FIRST_AT_MS);
    const { product: bare, content } = draftProduct(draft, draftDigest, now);
    const parts = 'parts' in draft ? draft.parts : [];
    const isNew = await ports.database.tx(async (tx) => {
      if ((await products.find(tx, bare.id)) !== null) return false;
      const { bundle } = await saveParts(tx, bare, parts, now);
      const found = await products.peekMany(tx, parts);
      const product = publishProduct({ product: bundle, content }, found, now);
      await products.insert(tx, product);
      if (ports.rails.xpay !== null) await wantGoods(tx, product, now);
      if (content !== null) await contents.insert(tx, content);
      return true;
    });
    if (isNew) stored += 1;
  }
  return stored;
}

async function storeTemplates(ports: Ports): Promise<number> {
  let stored = 0;
  const find = (id: TemplateId) => couponTemplates.find(ports.database, id);
  for (const { seed } of await missing(seedTemplates, seedTemplateId, find)) {
    const draft = seed();
    const draftDigest = ports.secrets.digest('coupon.draft', JSON.stringify(draft));
    const now = draft.claimFromAtMs;
    const { template, stocks } = publishTemplate(draftTemplate(draft, draftDigest, now), now);
    const isNew = await ports.database.tx(async (tx) => {
      if ((await couponTemplates.find(tx, template.id)) !== null) return false;
      await couponTemplates.insert(tx, template);
      for (const stock of stocks ?? []) await couponStocks.save(tx, null, stock);
      return true;
    });
    if (isNew) stored += 1;
  }
  return stored;
}

const digestOf = ({ secrets }: Ports, draft: object) =>
  secrets.digest('promotion.draft', JSON.stringify(draft));

async function storeSale(ports: Ports): Promise<boolean> {
  const { database, clock } = ports;
  if ((await flashSales.find(database, seedSaleId())) !== null) return false;
  const now = clock.now();
  const draft = seedSale(now);
  const sale: FlashSale = publishPromotion(draftOf(draft, digestOf(ports, draft), now), now);
  const isNew = await database.tx(async (tx) => {
    if ((await flashSales.find(tx, sale.id)) !== null) return false;
    await flashSales.insert(tx, sale);
    for (const stock of newStocks(sale)) await flashSales.saveStock(tx, null, stock);
    return true;
  });
  if (isNew) await wantSaleGoods(ports, sale, now);
  return isNew;
}

async function storeCampaign(ports: Ports): Promise<boolean> {
  const { database, clock } = ports;
  if ((await campaigns.find(database, seedCampaignId())) !== null) return false;
  const now = clock.now();
  const draft = seedCampaign(now);
  const campaign: Campaign = publishPromotion(draftOf(draft, digestOf(ports, draft), now), now);
  return database.tx(async (tx) => {
    if ((await campaigns.find(tx, campaign.id)) !== null) return false;
    await campaigns.insert(tx, campaign);
    return true;
  });
}

/**
 * Stores the seeded courses, other products, coupon templates and promotions that are missing, each in its own
 * transaction. Answers how many it stored. Anything that exists already stays as it is.
 */
export async function seedCatalogue(ports: Ports): Promise<number> {
  await storeCategories(ports);
  const products = (await storeCourses(ports)) + (await storeProducts(ports));
  await storeQuizzes(ports);
  // The promotions begin at this moment.
  const promotions = Number(await storeSale(ports)) + Number(await storeCampaign(ports));
  return products + (await storeTemplates(ports)) + promotions;
}
