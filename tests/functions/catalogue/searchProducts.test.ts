import { searchProducts } from '../../../functions/catalogue/searchProducts.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse } from '../../support/given/course.ts';
import { givenSold } from '../../support/given/products.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(searchProducts, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('every kind is found, or one kind alone, and nothing that is not on sale', async () => {
    const course = await givenCourse(world, { title: '摄影课' });
    const book = await givenSold(world, 'content', { title: '摄影手册' });
    await givenSold(world, 'media', { title: '摄影漫谈' }, 'withdrawn');
    const found = async (input: object) =>
      (await world.call(searchProducts, { q: '摄影', ...input })).data.items.map(({ id }) => id).sort();
    expect(await found({})).toEqual([course.productId, book.id].sort());
    expect(await found({ kind: 'content' })).toEqual([book.id]);
    expect(await found({ category: 'life' })).toEqual([]);
    expect(await found({ limit: 1 })).toHaveLength(1);
  });

  test('read on while the catalogue changes, nothing comes twice, and what was there is found', async () => {
    const there: string[] = [];
    for (const title of ['摄影', '摄影手册', '摄影入门课', '摄影与光线漫谈', '人像摄影']) {
      there.push((await givenSold(world, 'content', { title })).id);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const asked = { q: '摄影', limit: 2, ...(cursor === null ? {} : { cursor }) };
      const page: { data: { items: { id: string }[]; nextCursor: string | null } } = await world.call(
        searchProducts,
        asked,
      );
      seen.push(...page.data.items.map(({ id }) => id));
      cursor = page.data.nextCursor;
      await givenSold(world, 'content', { title: '摄影' });
    } while (cursor !== null && seen.length < 40);
    expect(new Set(seen).size).toBe(seen.length);
    expect(there.filter((id) => !seen.includes(id))).toEqual([]);
    const first = await world.call(searchProducts, { q: '摄影', limit: 1 });
    const crossed = { q: '手册', cursor: first.data.nextCursor };
    expect((await world.call(searchProducts, crossed)).code).toBe('request.invalid');
    expect((await world.call(searchProducts, { q: '摄影', cursor: 'Zm9yZ2Vk' })).code).toBe(
      'request.invalid',
    );
  });

  test('what is published and withdrawn here is found, and found no more, at once', async () => {
    const found = async () =>
      (await world.call(searchProducts, { q: '摄影' })).data.items.map(({ id }) => id);
    await givenSold(world, 'content', { title: '写作手册' });
    expect(await found()).toEqual([]);
    const { id } = await givenSold(world, 'content', { title: '摄影手册' });
    expect(await found()).toEqual([id]);
    await givenSold(world, 'content', { title: '摄影漫谈' }, 'withdrawn');
    expect(await found()).toEqual([id]);
  });

  test('simplified and traditional are the same words, in what is on sale and in what is asked', async () => {
    const simplified = await givenSold(world, 'content', { title: '数据分析入门', teacher: '刘老师' });
    const traditional = await givenSold(world, 'content', { title: '數據分析進階', teacher: '劉老師' });
    await givenSold(world, 'content', { title: '摄影手册', teacher: '王' });
    for (const q of ['数据分析', '數據分析', '數据', '劉老師', '刘老师']) {
      const { items } = (await world.call(searchProducts, { q })).data;
      expect([q, ...items.map(({ id }) => id).sort()]).toEqual([
        q,
        ...[simplified.id, traditional.id].sort(),
      ]);
    }
  });

  test('letters and digits are the same words together and apart', async () => {
    const apart = await givenSold(world, 'content', { title: 'ES 6 语法' });
    const together = await givenSold(world, 'content', { title: '深入ES6' });
    await givenSold(world, 'content', { title: 'ES 5 语法' });
    for (const q of ['ES6', 'es 6', 'ＥＳ６']) {
      const { items } = (await world.call(searchProducts, { q })).data;
      expect([q, ...items.map(({ id }) => id).sort()]).toEqual([q, ...[apart.id, together.id].sort()]);
    }
  });
});
