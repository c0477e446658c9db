import { listAllProducts } from '../../../../functions/admin/catalogue/listAllProducts.ts';
import * as products from '../../../../shared/data/catalogue/products.ts';
import type { ProductId } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenSold } from '../../../support/given/products.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(listAllProducts, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('every state and kind, or one of them, newest first, page after page', async () => {
    const editor = await givenStaff(world, 'editor');
    const book = await givenSold(world, 'content', {}, 'draft');
    const talk = await givenSold(world, 'media');
    const other = await givenSold(world, 'content', {}, 'withdrawn');
    const list = async (input: object = {}) => (await world.call(listAllProducts, input, editor)).data;
    const ids = async (input: object = {}) => (await list(input)).items.map(({ id }) => id);
    expect(await ids({ kind: 'content' })).toEqual([other.id, book.id]);
    expect(await ids({ kind: 'media', state: 'published' })).toEqual([talk.id]);
    expect(await ids({ state: 'draft' })).toEqual([book.id]);
    const first = await list({ limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual([other.id, talk.id]);
    expect(await ids({ limit: 2, cursor: first.nextCursor })).toEqual([book.id]);
  });

  test('by words of titles, subtitles, teachers and tags, in every state, also right after a change', async () => {
    const editor = await givenStaff(world, 'editor');
    const titles = ['TypeScript 入门', '吉他', '數據分析', 'TypeScript 进阶', '钢琴'];
    const made = [];
    for (const title of titles) made.push(await givenSold(world, 'content', { title }, 'draft'));
    const [first, guitar, data, fourth] = made.map(({ id }) => id);
    await world.ports.database.tx(async (tx) => {
      const before = await products.find(tx, guitar as ProductId);
      if (before !== null) await products.save(tx, before, { ...before, teacher: '韩梅梅', tags: ['乐器'] });
    });
    const list = async (input: object) => (await world.call(listAllProducts, input, editor)).data;
    const ids = async (q: string, more: object = {}) =>
      (await list({ q, ...more })).items.map(({ id }) => id);
    expect(await ids('type')).toEqual([fourth, first]);
    expect(await ids('进阶 TYPESCRIPT')).toEqual([fourth]);
    expect([await ids('数据'), await ids('梅梅 乐器'), await ids('吉他 钢琴'), await ids('。')]).toEqual([
      ...[[data], [guitar], [], []],
    ]);
    expect([await ids('type', { state: 'published' }), await ids('type', { kind: 'media' })]).toEqual([
      [],
      [],
    ]);
    const page = await list({ q: 'type', limit: 1 });
    expect(page.items).toMatchObject([{ id: fourth }]);
    expect(await ids('type', { limit: 1, cursor: page.nextCursor })).toEqual([first]);
  });

  test('a search reads 5,000 products at most for one answer, which may be empty and have a next one', async () => {
    const { id } = await givenSold(world, 'media');
    const product = await products.find(world.ports.database, id);
    const editor = await givenStaff(world, 'editor');
    let pages = 0;
    jest.spyOn(world.ports.database, 'list').mockImplementation(async (collection, { limit }) => {
      pages += 1;
      const items = Array.from({ length: limit }, () => collection.schema.parse(product));
      return { items, nextCursor: `after-${pages * limit}` };
    });
    const search = async (limit: number) =>
      (await world.call(listAllProducts, { q: '没有的', limit }, editor)).data;
    expect(await search(50)).toEqual({ items: [], nextCursor: 'after-5000' });
    expect(pages).toBe(100);
    // A page of one document costs nearly as much as one of twenty.
    await search(1);
    expect(pages).toBe(350);
  });
});
