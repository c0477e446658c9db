import { listProducts } from '../../../functions/catalogue/listProducts.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse } from '../../support/given/course.ts';
import { givenSold } from '../../support/given/products.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(listProducts, () => {
  let world: World;
  const list = async (input: object = {}) => (await world.call(listProducts, input)).data;
  const titles = async (input: object = {}) => (await list(input)).items.map(({ title }) => title);

  beforeEach(async () => {
    world = await createWorld();
    await givenCourse(world, { title: '课程', listFen: 500 });
    await givenSold(world, 'content', { title: '电子书', listFen: 300, isFreeForMembers: true });
    await givenSold(world, 'media', {
      title: '音频',
      listFen: 400,
      category: 'life',
      isFreeForMembers: true,
    });
    await givenSold(world, 'membership', { title: '会员', listFen: 9_900 });
    await givenSold(world, 'content', { title: '草稿' }, 'draft');
    await givenSold(world, 'content', { title: '下架' }, 'withdrawn');
  });
  afterEach(() => world.close());

  test('everything on sale, newest first; drafts and what was withdrawn in no list', async () => {
    expect(await titles()).toEqual(['会员', '音频', '电子书', '课程']);
  });

  test.each<[object, string[]]>([
    [{ kind: 'content' }, ['电子书']],
    [{ kind: 'bundle' }, []],
    [{ category: 'life' }, ['音频']],
    [{ category: 'programming', kind: 'course' }, ['课程']],
    [{ sort: 'price_asc' }, ['电子书', '音频', '课程', '会员']],
    [{ sort: 'price_desc', category: 'programming' }, ['会员', '课程', '电子书']],
    [{ memberFree: 'true' }, ['音频', '电子书']],
    [{ memberFree: 'true', sort: 'price_asc' }, ['电子书', '音频']],
    [{ memberFree: 'true', category: 'life' }, ['音频']],
    [{ memberFree: 'true', category: 'life', kind: 'content', sort: 'price_desc' }, []],
  ])('%j', async (input, expected) => {
    expect(await titles(input)).toEqual(expected);
  });

  test('page after page, over all kinds, everything once', async () => {
    const first = await list({ limit: 3 });
    const second = await list({ limit: 3, cursor: first.nextCursor });
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([3, 1, null]);
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(4);
  });

  test('request.invalid: a cursor of another list', async () => {
    const { nextCursor: cursor } = await list({ limit: 1 });
    expect(await world.call(listProducts, { kind: 'media', cursor })).toMatchObject({
      code: 'request.invalid',
    });
  });

  test('nothing that is paid for, and no draft digest, is in it', async () => {
    const text = JSON.stringify(await list());
    for (const secret of ['付费的正文', 'book.epub', 'talk.mp3', 'draftDigest'])
      expect(text).not.toContain(secret);
  });
});
