import { listCourses } from '../../../functions/catalogue/listCourses.ts';
import type { CourseCard, CoursePage } from '../../../shared/schemas/catalogue/product.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse } from '../../support/given/course.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(listCourses, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  const titles = async (input: Record<string, unknown> = {}) =>
    (await world.call(listCourses, input)).data.items.map(({ title }) => title);

  /** Every page, in order. */
  async function pages(input: Record<string, unknown>): Promise<CourseCard[][]> {
    const all: CourseCard[][] = [];
    let cursor: string | null = null;
    do {
      const page: CoursePage = (await world.call(listCourses, { ...input, cursor })).data;
      all.push(page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return all;
  }

  test('newest first, or by price both ways', async () => {
    for (const [title, listFen] of [
      ['旧', 500],
      ['中', 100],
      ['新', 900],
    ] as const) {
      await givenCourse(world, { title, listFen });
    }
    expect(await titles()).toEqual(['新', '中', '旧']);
    expect(await titles({ sort: 'price_asc' })).toEqual(['中', '旧', '新']);
    expect(await titles({ sort: 'price_desc' })).toEqual(['新', '旧', '中']);
  });

  test('one category alone', async () => {
    await givenCourse(world, { title: '数据课', category: 'data' });
    await givenCourse(world, { title: '写作课', category: 'writing' });
    expect(await titles({ category: 'data', sort: 'price_asc' })).toEqual(['数据课']);
    expect(await titles({ category: 'writing' })).toEqual(['写作课']);
    expect(await titles({ category: 'nothing' })).toEqual([]);
  });

  test('page after page, every course once, also among equal prices', async () => {
    for (let count = 0; count < 7; count += 1) await givenCourse(world, { listFen: 100 + (count % 2) });
    const found = await pages({ sort: 'price_asc', limit: 3 });
    expect(found.map((page) => page.length)).toEqual([3, 3, 1]);
    expect(new Set(found.flat().map(({ id }) => id)).size).toBe(7);
  });

  test('drafts and withdrawn courses are in no list', async () => {
    await givenCourse(world, { state: 'draft' });
    await givenCourse(world, { state: 'withdrawn' });
    expect(await titles()).toEqual([]);
  });

  test('nothing that is paid for is in a list', async () => {
    const course = await givenCourse(world, { summary: '只在详情里' });
    const { body, data } = await world.call(listCourses, {});
    const shown = JSON.stringify(body);
    for (const secret of [course.paid.body, course.trial.body, 'media.mp4', course.paid.id, '只在详情里']) {
      expect(shown).not.toContain(secret);
    }
    expect(Object.keys(data.items[0] ?? {}).sort()).toEqual([
      'category',
      'coverUrl',
      'id',
      'isFreeForMembers',
      'lessonCount',
      'limited',
      'listFen',
      'memberFen',
      'pointsPrice',
      'price',
      'publishedAtMs',
      'subtitle',
      'tags',
      'teacher',
      'title',
    ]);
  });

  test('a published product is listed within two seconds', async () => {
    expect(await titles()).toEqual([]);
    await givenCourse(world, { title: '新课' });
    world.clock.advance(2_500);
    expect(await titles()).toEqual(['新课']);
  });

  test.each([
    ['a limit without end', { limit: 1_000_000_000 }],
    ['a limit below nothing', { limit: -1 }],
    ['a sort that is not offered', { sort: 'passwordHash' }],
    ['a forged cursor', { cursor: 'AAAA' }],
    ['an operator for a category', { category: '$gt' }],
    ['a key nobody knows', { state: 'draft' }],
  ])('request.invalid: %s', async (_, input) => {
    await givenCourse(world);
    expect(await world.call(listCourses, input)).toMatchObject({ status: 400, code: 'request.invalid' });
  });

  test('request.invalid: the cursor of another list', async () => {
    for (let count = 0; count < 3; count += 1) await givenCourse(world);
    const { data } = await world.call(listCourses, { limit: 1 });
    const answer = await world.call(listCourses, { limit: 1, sort: 'price_asc', cursor: data.nextCursor });
    expect(answer).toMatchObject({ status: 400, code: 'request.invalid' });
  });
});
