import { getCourse } from '../../functions/catalogue/getCourse.ts';
import { getProduct } from '../../functions/catalogue/getProduct.ts';
import { listCourses } from '../../functions/catalogue/listCourses.ts';
import { listProducts } from '../../functions/catalogue/listProducts.ts';
import { listFlashSales } from '../../functions/pricing/listFlashSales.ts';
import { quoteOrder } from '../../functions/pricing/quoteOrder.ts';
import { seedTemplateId } from '../../local/seed/coupons.ts';
import { seedProductId } from '../../local/seed/products.ts';
import { seedCatalogue, seedCourseId } from '../../local/seed/seedCatalogue.ts';
import * as couponTemplates from '../../shared/data/coupons/couponTemplates.ts';
import { exported } from '../support/given/export.ts';
import { createWorld, type World } from '../support/world.ts';

describe('the seeded catalogue', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
    expect(await seedCatalogue(world.ports)).toBe(38);
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
