import { getCourse } from '../../../functions/catalogue/getCourse.ts';
import { searchCourses } from '../../../functions/catalogue/searchCourses.ts';
import { seedCatalogue } from '../../../local/seed/seedCatalogue.ts';
import { warmCatalogue } from '../../../shared/flows/catalogue/searchCatalogue.ts';
import { MINUTE_MS, timeMs } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse, givenProduct, givenProductChange } from '../../support/given/course.ts';

import { createWorld, type World } from '../../support/world.ts';

describeFunction(searchCourses, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  const titles = async (q: string, more: Record<string, unknown> = {}) =>
    (await world.call(searchCourses, { q, ...more })).data.items.map(({ title }) => title);

  test('a word in the title counts for more than in the tags, the teacher, the subtitle, the summary', async () => {
    await givenCourse(world, { title: '甲', summary: '摄影 摄影 摄影 摄影 摄影' });
    await givenCourse(world, { title: '乙', subtitle: '摄影' });
    await givenCourse(world, { title: '丙', teacher: '摄影' });
    await givenCourse(world, { title: '丁', tags: ['摄影'] });
    await givenCourse(world, { title: '关于摄影的一切，写得很长很长的一个标题' });
    expect(await titles('摄影')).toEqual(['关于摄影的一切，写得很长很长的一个标题', '丁', '丙', '乙', '甲']);
  });

  test('any part of a Chinese title is found, and not what only shares a character', async () => {
    await givenCourse(world, { title: '数据分析实战' });
    await givenCourse(world, { title: '数学之美' });
    expect(await titles('分析')).toEqual(['数据分析实战']);
    expect(await titles('数据分析')).toEqual(['数据分析实战']);
  });

  test('the beginning of an English word, a misspelt one, another case and full width find it', async () => {
    await givenCourse(world, { title: 'Python 入门' });
    await givenCourse(world, { title: '英语口语', tags: ['Business'] });
    for (const q of ['pyth', 'pyhton', 'PYTHON', 'Ｐｙｔｈｏｎ'])
      expect(await titles(q)).toEqual(['Python 入门']);
    expect(await titles('bus')).toEqual(['英语口语']);
  });

  test('a single letter is a word of its own, and the beginning of none', async () => {
    await givenCourse(world, { title: 'C 语言入门' });
    await givenCourse(world, { title: 'Cooking 烹饪' });
    expect(await titles('c')).toEqual(['C 语言入门']);
    expect(await titles('co')).toEqual(['Cooking 烹饪']);
  });

  test('courses with every word come alone; when there are none, those with any', async () => {
    await givenCourse(world, { title: 'Python 数据分析' });
    await givenCourse(world, { title: 'Python 爬虫' });
    expect(await titles('python 数据')).toEqual(['Python 数据分析']);
    expect((await titles('python 炒菜')).sort()).toEqual(['Python 数据分析', 'Python 爬虫']);
  });

  test('one category alone, and at most as many as asked for', async () => {
    await givenCourse(world, { title: '写作一', category: 'writing' });
    await givenCourse(world, { title: '写作二', category: 'business' });
    expect(await titles('写作', { category: 'business' })).toEqual(['写作二']);
    expect(await titles('写作', { limit: 1 })).toHaveLength(1);
  });

  test('drafts are not found, and what is withdrawn is gone at once, though the index still names it', async () => {
    await givenCourse(world, { title: '秘密课程', state: 'draft' });
    const { productId } = await givenCourse(world, { title: '公开课程' });
    expect(await titles('课程')).toEqual(['公开课程']);
    await givenProductChange(world, productId, { state: 'withdrawn' });
    expect(await titles('课程')).toEqual([]);
  });

  test("prices are today's", async () => {
    const { productId } = await givenCourse(world, { title: '写作', listFen: 9_900 });
    await titles('写作');
    await givenProductChange(world, productId, { listFen: 6_900 });
    expect((await world.call(searchCourses, { q: '写作' })).data.items[0]?.listFen).toBe(6_900);
  });

  test('nothing that is paid for can be found or shown', async () => {
    const { paid } = await givenCourse(world, { title: '课程' });
    expect(await titles('正文')).toEqual([]);
    const { body } = await world.call(searchCourses, { q: '课程' });
    expect(JSON.stringify(body)).not.toContain(paid.body);
  });

  test('a hundred searches at once build the index once', async () => {
    await givenCourse(world, { title: '写作' });
    const lists = jest.spyOn(world.ports.database, 'list');
    await Promise.all(Array.from({ length: 100 }, () => titles('写作')));
    // One list of the catalogue and one of the flash sales.
    expect(lists).toHaveBeenCalledTimes(2);
  });

  /** A function that answers how often all products' changes were read since. */
  const changesRead = () => {
    const list = jest.spyOn(world.ports.database, 'list');
    return () => list.mock.calls.flatMap(([{ name }, query]) => (name === 'products' ? [query] : []));
  };

  test('an index that was made answers without reading the catalogue again', async () => {
    await givenCourse(world, { title: '写作' });
    await titles('写作');
    await givenCourse(world, { title: '写作续集' });
    const queries = changesRead();
    expect(await titles('写作')).toEqual(['写作']);
    expect(queries()).toEqual([]);
  });

  test('what another process has changed is found after a minute, and nothing else is read', async () => {
    const { productId } = await givenCourse(world, { title: '写作' });
    await givenCourse(world, { title: '摄影' });
    await titles('写作');
    const madeAtMs = world.clock.now();
    world.clock.advance(10 * MINUTE_MS);
    await givenCourse(world, { title: '写作续集' });
    await givenProductChange(world, productId, { title: '改写' });
    const queries = changesRead();
    expect(await titles('写作')).toEqual(['写作续集']);
    expect(await titles('改写')).toEqual(['改写']);
    const from = madeAtMs - 2 * MINUTE_MS;
    expect(queries()).toEqual([
      expect.objectContaining({ index: 'changed', range: { field: 'updatedAtMs', from } }),
    ]);
  });

  test('a change that was committed long after it was dated is found all the same', async () => {
    await givenCourse(world, { title: '写作' });
    await titles('写作');
    world.clock.advance(2 * MINUTE_MS);
    await titles('写作');
    const late = timeMs(world.clock.now() - MINUTE_MS);
    await givenProduct(world, {
      title: '写作续集',
      createdAtMs: late,
      publishedAtMs: late,
      updatedAtMs: late,
    });
    world.clock.advance(2 * MINUTE_MS);
    expect((await titles('写作')).sort()).toEqual(['写作', '写作续集']);
  });

  test('of very many changes a search waits for a hundred, and the next ones for the rest', async () => {
    await titles('写作');
    world.clock.advance(10 * MINUTE_MS);
    for (let n = 0; n < 229; n += 1) await givenProduct(world, { title: '写作' });
    world.clock.advance(1);
    await givenProduct(world, { title: '最后' });
    const found: number[] = [];
    const queries = changesRead();
    for (let n = 0; n < 5; n += 1) found.push((await titles('最后')).length);
    expect(found).toEqual([0, 0, 1, 1, 1]);
    expect(queries().map(({ limit }) => limit)).toEqual([100, 100, 100]);
  });

  test('a warmed catalogue answers the newest pages without reading them again', async () => {
    const { productId } = await givenCourse(world, { title: '写作' });
    await warmCatalogue(world.ports);
    const reads = jest.spyOn(world.ports.database, 'find');
    const page = await world.call(getCourse, { id: productId });
    expect(page.data.title).toBe('写作');
    expect(reads).not.toHaveBeenCalled();
  });

  test.each([
    ['数据分析', '数据分析实战：用 Python 讲清一个业务问题'],
    ['typescript', 'TypeScript 工程实践：类型不是负担'],
    ['微信小程序', '微信小程序开发全流程'],
    ['N4', '日语五十音到 N4'],
    ['沈听雨 公众号', '公众号写作：从没人看到有人等'],
    ['SQL', 'SQL 从查询到优化'],
  ])('of the seeded catalogue %s finds first %s', async (q, title) => {
    await seedCatalogue(world.ports);
    expect((await titles(q))[0]).toBe(title);
  });

  test.each([
    ['no query', {}],
    ['an empty query', { q: '  ' }],
    ['a query of 61 characters', { q: '长'.repeat(61) }],
    ['two queries', { q: ['写作', '数据'] }],
    ['a limit without end', { q: '写作', limit: 51 }],
  ])('request.invalid: %s', async (_, input) => {
    expect(await world.call(searchCourses, input)).toMatchObject({ status: 400, code: 'request.invalid' });
  });

  test.each(['.*', '$where', '{"$gt":""}', '——', '\\', '%27 OR 1=1', '__proto__', 'constructor'])(
    'a query is words and nothing else: %s finds nothing',
    async (q) => {
      await givenCourse(world, { title: '写作' });
      expect(await titles(q)).toEqual([]);
    },
  );
});
