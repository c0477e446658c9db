import { getLesson } from '../../functions/access/getLesson.ts';
import { getCourse } from '../../functions/catalogue/getCourse.ts';
import { getProduct } from '../../functions/catalogue/getProduct.ts';
import { listCourses } from '../../functions/catalogue/listCourses.ts';
import { listProducts } from '../../functions/catalogue/listProducts.ts';
import { claimCertificate } from '../../functions/learning/claimCertificate.ts';
import { reportProgress } from '../../functions/learning/reportProgress.ts';
import { tryQuiz } from '../../functions/learning/tryQuiz.ts';
import { listFlashSales } from '../../functions/pricing/listFlashSales.ts';
import { quoteOrder } from '../../functions/pricing/quoteOrder.ts';
import { seedTemplateId } from '../../local/seed/coupons.ts';
import { seedProductId } from '../../local/seed/products.ts';
import { seedCatalogue, seedCourseId } from '../../local/seed/seedCatalogue.ts';
import * as products from '../../shared/data/catalogue/products.ts';
import * as couponTemplates from '../../shared/data/coupons/couponTemplates.ts';
import { SECOND_MS } from '../../shared/schemas/base.ts';
import { CELL_SECONDS } from '../../shared/schemas/learning/progress.ts';
import { Quiz } from '../../shared/schemas/learning/quiz.ts';
import { exported } from '../support/given/export.ts';
import { stored, storedIn } from '../support/given/order.ts';
import { givenPaid } from '../support/given/refund.ts';
import { createWorld, type World } from '../support/world.ts';

describe('the seeded catalogue', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
    expect(await seedCatalogue(world.ports)).toBe(39);
  });
  afterEach(() => world.close());

  test('24 courses are on sale, each with a lesson on trial and, unless it is free, one to pay for', async () => {
    const { data } = await world.call(listCourses, { limit: 50 });
    expect(data.items).toHaveLength(24);
    expect(new Set(data.items.map(({ category }) => category)).size).toBeGreaterThanOrEqual(8);
    for (const { id, listFen } of data.items) {
      const { chapters } = (await world.call(getCourse, { id })).data;
      const trials = chapters.flatMap(({ lessons }) => lessons.map(({ isTrial }) => isTrial));
      expect(trials).toContain(true);
      expect(trials.includes(false) || listFen === 0).toBe(true);
    }
  });

  test('the free course ends with a quiz, and gives a certificate to who learns it', async () => {
    const { items } = (await world.call(listCourses, { limit: 50 })).data;
    const free = items.find(({ listFen }) => listFen === 0);
    if (free === undefined) throw new Error('there is a free course');
    const alice = await world.login('alice');
    await givenPaid(world, alice, [await stored(world, products.collection, free.id)]);
    const [quiz] = await storedIn(world, 'quizzes');
    for (const { id, durationSeconds } of (
      await world.call(getCourse, { id: free.id })
    ).data.chapters.flatMap(({ lessons }) => lessons)) {
      await world.call(getLesson, { id }, alice);
      world.clock.advance(durationSeconds * SECOND_MS);
      const seen = [[0, Math.ceil(durationSeconds / CELL_SECONDS)]];
      const played = { seen, positionSeconds: durationSeconds, playedAgoMs: 0, isAtEnd: true };
      const { data } = await world.call(reportProgress, { id, ...played }, alice);
      expect(data.isFinished).toBe(Object(quiz).id !== id);
    }
    const { id, version, questions } = Quiz.parse(quiz);
    await world.call(tryQuiz, { id, number: 1, version, answers: questions.map(({ key }) => key) }, alice);
    expect((await world.call(claimCertificate, { id: free.id, name: '张三' }, alice)).status).toBe(200);
  });

  test('there are products of every kind, and each bundle has in it what it names', async () => {
    const { items } = (await world.call(listProducts, { limit: 50 })).data;
    const kinds = ['membership', 'content', 'media', 'bundle', 'column', 'course'];
    expect(new Set(items.map(({ kind }) => kind))).toEqual(new Set(kinds));
    expect(items.filter(({ isFreeForMembers }) => isFreeForMembers)).toHaveLength(2);
    const { data } = await world.call(getProduct, { id: seedProductId(8) });
    expect(data.parts.map(({ id }) => id)).toEqual([seedCourseId(1), seedCourseId(2), seedProductId(7)]);
  });

  test('there is a 满减 and a capped 折扣 to claim, and a coupon for who is new', async () => {
    const { items } = await couponTemplates.listOpen(world.ports.database, {
      audiences: ['all', 'welcome'],
      now: world.clock.now(),
      limit: 10,
      cursor: null,
    });
    expect(items.map(({ id, audience, rule }) => [id, audience, rule.kind])).toEqual([
      [seedTemplateId(1), 'all', 'full_reduction'],
      [seedTemplateId(2), 'all', 'discount'],
      [seedTemplateId(3), 'welcome', 'full_reduction'],
    ]);
  });

  test('a flash sale runs, and a bundle costs less by a campaign', async () => {
    const { items: sales } = (await world.call(listFlashSales, {})).data;
    expect(sales.map(({ items }) => items.map(({ priceFen, left }) => [priceFen, left]))).toEqual([
      [
        [9_900, 100],
        [990, 100],
      ],
    ]);
    const lines = [{ productId: seedProductId(8) }];
    const { quote } = (await world.call(quoteOrder, { lines, couponId: null }, await world.login('alice')))
      .data;
    expect([quote.payableFen, quote.applied]).toMatchObject([24_900, [{ kind: 'campaign', offFen: 5_000 }]]);
  });

  test('seeding again stores nothing, and puts back nothing that was changed', async () => {
    const before = await exported(world);
    expect(await seedCatalogue(world.ports)).toBe(0);
    expect(await exported(world)).toEqual(before);
  });

  test('ids are the same everywhere', async () => {
    expect(seedCourseId(3)).toBe('prd_01JCSEED000000000000000003');
    const { data } = await world.call(getCourse, { id: seedCourseId(3) });
    expect(data.title).toBe('数据分析实战：用 Python 讲清一个业务问题');
  });
});
