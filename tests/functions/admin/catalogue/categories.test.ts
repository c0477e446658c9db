import { createCategory } from '../../../../functions/admin/catalogue/createCategory.ts';
import { createProduct } from '../../../../functions/admin/catalogue/createProduct.ts';
import { listAllCategories } from '../../../../functions/admin/catalogue/listAllCategories.ts';
import { putCategoryOrder } from '../../../../functions/admin/catalogue/putCategoryOrder.ts';
import { removeCategory } from '../../../../functions/admin/catalogue/removeCategory.ts';
import { removeProductDraft } from '../../../../functions/admin/catalogue/removeProductDraft.ts';
import { updateCategory } from '../../../../functions/admin/catalogue/updateCategory.ts';
import { listCategories } from '../../../../functions/catalogue/listCategories.ts';
import { listProducts } from '../../../../functions/catalogue/listProducts.ts';
import * as categories from '../../../../shared/data/catalogue/categories.ts';
import { adoptCategories } from '../../../../shared/flows/catalogue/adoptCategories.ts';
import { CATEGORIES_MAX } from '../../../../shared/schemas/catalogue/category.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenCourse } from '../../../support/given/course.ts';
import { exported } from '../../../support/given/export.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import { aProductDraft, givenSold } from '../../../support/given/products.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

let world: World;
let editor: Staff;
const open = async () => {
  editor = await givenStaff(world, 'editor');
};
beforeEach(async () => {
  world = await createWorld();
  await open();
});
afterEach(() => world.close());

const create = (category: object) => world.call(createCategory, { category }, editor);
const order = (ids: readonly string[]) => world.call(putCategoryOrder, { ids }, editor);
const remove = (id: string) => world.call(removeCategory, { id }, editor);
const all = async () => (await world.call(listAllCategories, {}, editor)).data.items.map(({ id }) => id);
/** What learners see after the cache has expired. */
async function shown() {
  world.clock.advance(2_300);
  return (await world.call(listCategories, {})).data.items;
}

describeFunction(createCategory, () => {
  test('learners see it by its name, behind the others; the same again changes nothing', async () => {
    const made = await create({ id: 'music', title: '音乐' });
    expect(made.data.category).toMatchObject({ id: 'music', title: '音乐', isHidden: false, version: 1 });
    expect(await shown()).toEqual([
      { id: 'programming', title: 'programming' },
      { id: 'life', title: 'life' },
      { id: 'music', title: '音乐' },
    ]);
    const before = await exported(world);
    expect((await create({ id: 'music', title: '音乐' })).data).toEqual(made.data);
    expect(await create({ id: 'music', title: '乐器' })).toMatchObject({
      status: 409,
      code: 'category.id_taken',
    });
    expect(await exported(world)).toEqual(before);
    expect(await storedIn(world, 'audit')).toMatchObject([{ action: 'category.create', target: 'music' }]);
  });

  test('on a database that conflicts and loses the answers to its commits it is made once', async () => {
    await world.close();
    world = await badWorld(7, { conflict: 0.3, commitLost: 0.3 });
    await open();
    await Promise.all([create({ id: 'music', title: '音乐' }), create({ id: 'music', title: '音乐' })]);
    expect(await all()).toEqual(['programming', 'life', 'music']);
  });

  test('category.too_many', async () => {
    for (let count = 2; count < CATEGORIES_MAX; count += 1) await create({ id: `c${count}`, title: '分类' });
    expect(await create({ id: 'more', title: '分类' })).toMatchObject({
      status: 409,
      code: 'category.too_many',
    });
  });

  test('auth.forbidden: for support', async () => {
    const support = await givenStaff(world, 'support');
    const asked = { category: { id: 'music', title: '音乐' } };
    expect(await world.call(createCategory, asked, support)).toMatchObject({ code: 'auth.forbidden' });
  });
});

describeFunction(listCategories, () => {
  test('hidden ones are not shown, and what is in them is found all the same', async () => {
    const { id } = await givenSold(world, 'content', { category: 'life' });
    const change = { isHidden: true };
    await world.call(updateCategory, { id: 'life', expectedVersion: 1, change }, editor);
    expect((await shown()).map((category) => category.id)).toEqual(['programming']);
    expect((await world.call(listProducts, { category: 'life' })).data.items).toMatchObject([{ id }]);
    expect(await all()).toEqual(['programming', 'life']);
  });
});

describeFunction(listAllCategories, () => {
  test('every role of the staff sees them', async () => {
    for (const role of ['editor', 'support', 'finance'] as const) {
      const staff = await givenStaff(world, role);
      expect((await world.call(listAllCategories, {}, staff)).data.items).toHaveLength(2);
    }
  });
});

describeFunction(updateCategory, () => {
  const update = (id: string, expectedVersion: number, change: object) =>
    world.call(updateCategory, { id, expectedVersion, change }, editor);

  test('it gets a name; the same again changes nothing; category.version_changed for who saw another one', async () => {
    expect((await update('life', 1, { title: '生活' })).data.category).toMatchObject({
      title: '生活',
      version: 2,
    });
    const before = await exported(world);
    expect((await update('life', 1, { title: '生活' })).status).toBe(200);
    const late = await update('life', 1, { title: '日常' });
    expect(late).toMatchObject({ status: 409, code: 'category.version_changed' });
    expect(late.error.params).toEqual({ version: 2 });
    expect(await exported(world)).toEqual(before);
  });

  test('category.not_found', async () => {
    expect(await update('music', 1, { title: '音乐' })).toMatchObject({
      status: 404,
      code: 'category.not_found',
    });
  });
});

describeFunction(putCategoryOrder, () => {
  test('they are shown in the order that staff give them; again it changes nothing', async () => {
    await create({ id: 'music', title: '音乐' });
    expect((await order(['music', 'life', 'programming'])).status).toBe(200);
    expect((await shown()).map(({ id }) => id)).toEqual(['music', 'life', 'programming']);
    const before = await exported(world);
    await order(['music', 'life', 'programming']);
    expect(await exported(world)).toEqual(before);
  });

  test('category.order_incomplete: one is missing, or there is none of a name', async () => {
    for (const ids of [['life'], ['life', 'music'], ['life', 'programming', 'music']]) {
      expect(await order(ids)).toMatchObject({ status: 409, code: 'category.order_incomplete' });
    }
    expect((await order(['life', 'life'])).code).toBe('request.invalid');
    expect(await all()).toEqual(['programming', 'life']);
  });
});

describeFunction(removeCategory, () => {
  test('category.in_use: while a product is in it, a draft too; then it goes', async () => {
    const { id, version } = await givenSold(world, 'content', { category: 'life' }, 'draft');
    expect(await remove('life')).toMatchObject({ status: 409, code: 'category.in_use' });
    await world.call(removeProductDraft, { id, expectedVersion: String(version) }, editor);
    expect((await remove('life')).data).toEqual({ id: 'life' });
    expect(await all()).toEqual(['programming']);
    expect(await remove('life')).toMatchObject({ status: 404, code: 'category.not_found' });
    const product = aProductDraft(world, 'content', { category: 'life' });
    const answer = await world.call(createProduct, { product }, editor);
    expect(answer).toMatchObject({ status: 404, code: 'category.not_found' });
  });

  test.each([...Array(8).keys()])(
    'a product that comes at the same time is never without its category (%d)',
    async (seed) => {
      await world.close();
      world = await badWorld(20 + seed, { conflict: 0.2, commitLost: 0 });
      await open();
      const product = aProductDraft(world, 'content', { category: 'life' });
      await Promise.all([world.call(createProduct, { product }, editor), remove('life')]);
      const made = await storedIn(world, 'products');
      const there = await categories.find(world.ports.database, 'life');
      expect(made.length === 0 || there !== null).toBe(true);
    },
  );
});

test('of an older store all categories are listed and ordered, more of them too than staff could make', async () => {
  const slugs = Array.from(
    { length: CATEGORIES_MAX + 3 },
    (_, index) => `c${String(index).padStart(2, '0')}`,
  );
  for (const category of slugs) await givenCourse(world, { category });
  expect(await adoptCategories(world.ports.database, world.clock.now())).toBe(slugs.length);
  const listed = await all();
  expect(listed).toEqual(['programming', 'life', ...slugs]);
  expect((await order(listed.toReversed())).status).toBe(200);
  expect(await all()).toEqual(listed.toReversed());
  expect((await create({ id: 'more', title: '分类' })).code).toBe('category.too_many');
});

test('migrating a store from before categories makes one category of each slug that a product names, once', async () => {
  await givenCourse(world, { category: 'writing' });
  await givenCourse(world, { category: 'business', state: 'draft' });
  expect(await adoptCategories(world.ports.database, world.clock.now())).toBe(2);
  expect(await shown()).toMatchObject([{}, {}, { id: 'business', title: 'business' }, { id: 'writing' }]);
  const before = await exported(world);
  expect(await adoptCategories(world.ports.database, world.clock.now())).toBe(0);
  expect(await exported(world)).toEqual(before);
});
