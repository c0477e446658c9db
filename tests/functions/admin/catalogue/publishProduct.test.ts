import { publishProduct } from '../../../../functions/admin/catalogue/publishProduct.ts';
import { updateProduct } from '../../../../functions/admin/catalogue/updateProduct.ts';
import { getProduct } from '../../../../functions/catalogue/getProduct.ts';
import { searchProducts } from '../../../../functions/catalogue/searchProducts.ts';
import { PRICE_MAX_FEN } from '../../../../shared/domain/catalogue/product.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenCourse, unknownProductId } from '../../../support/given/course.ts';
import { NOTHING_ALONE } from '../../../support/given/dailyValue.ts';
import { exported } from '../../../support/given/export.ts';
import { givenFiles } from '../../../support/given/files.ts';
import { givenSold } from '../../../support/given/products.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(publishProduct, () => {
  let world: World;
  let editor: Staff;
  const publish = (id: string, expectedVersion = 1) =>
    world.call(publishProduct, { id, expectedVersion, reason: '上架' }, editor);

  beforeEach(async () => {
    world = await createWorld();
    editor = await givenStaff(world, 'editor');
  });
  afterEach(() => world.close());

  test('it shows and is found at once, also by who asked before; publishing again changes nothing', async () => {
    const { id } = await givenSold(world, 'membership', { title: '年度会员' }, 'draft');
    expect((await world.call(getProduct, { id })).status).toBe(404);
    expect((await world.call(searchProducts, { q: '年度会员' })).data.items).toEqual([]);
    expect((await publish(id)).data.product).toMatchObject({ state: 'published', version: 2 });
    expect((await world.call(getProduct, { id })).status).toBe(200);
    expect((await world.call(searchProducts, { q: '年度会员' })).data.items).toMatchObject([{ id }]);
    const before = await exported(world);
    expect((await publish(id)).status).toBe(200);
    expect(await exported(world)).toEqual(before);
  });

  test('staff.second_person_needed: a bundle far below its parts; at their prices it is on sale', async () => {
    await world.close();
    world = await createWorld(NOTHING_ALONE);
    editor = await givenStaff(world, 'editor');
    const parts = [(await givenSold(world, 'media')).id, (await givenSold(world, 'content')).id];
    const cheap = await givenSold(world, 'bundle', { parts, listFen: 1_980 }, 'draft');
    const { error } = await publish(cheap.id);
    expect(error).toMatchObject({ code: 'staff.second_person_needed' });
    expect(error.params).toMatchObject({ kind: 'priceCut', value: 9_000 });
    const dear = await givenSold(world, 'bundle', { parts, listFen: 19_800 }, 'draft');
    expect((await publish(dear.id)).data.product.state).toBe('published');
  });

  test('staff.second_person_needed: a membership below another one, or below the product that it covers', async () => {
    await world.close();
    world = await createWorld(NOTHING_ALONE);
    editor = await givenStaff(world, 'editor');
    await givenSold(world, 'membership');
    const year = { period: 'year', scope: { kind: 'platform' } };
    const cheap = await givenSold(world, 'membership', { plan: year, listFen: 59_400 }, 'draft');
    expect((await publish(cheap.id)).error.params).toMatchObject({ kind: 'priceCut', value: 5_000 });
    const scope = { kind: 'product', productId: (await givenSold(world, 'media')).id };
    const covering = { plan: { period: 'month', scope }, listFen: 990 };
    const one = await givenSold(world, 'membership', covering, 'draft');
    expect((await publish(one.id)).error.params).toMatchObject({ kind: 'priceCut', value: 9_000 });
  });

  test('product.version_changed: what was changed after it was looked at is not published', async () => {
    const { id } = await givenSold(world, 'media', {}, 'draft');
    const change = { id, expectedVersion: 1, change: { title: '新的' }, reason: '改名' };
    expect((await world.call(updateProduct, change, editor)).status).toBe(200);
    expect((await publish(id)).error).toMatchObject({
      code: 'product.version_changed',
      params: { version: 2 },
    });
    expect((await publish(id, 2)).status).toBe(200);
  });

  test('what was withdrawn comes back with the time when it first came out', async () => {
    const before = await givenSold(world, 'media', {}, 'withdrawn');
    world.clock.advance(1_000);
    const { data } = await publish(before.id, before.version);
    expect(data.product).toMatchObject({ state: 'published', publishedAtMs: before.publishedAtMs });
  });

  test('a course is published by the rules of courses', async () => {
    const { productId } = await givenCourse(world, { state: 'draft' });
    expect((await publish(productId)).data.product).toMatchObject({ kind: 'course', state: 'published' });
    const dear = await givenCourse(world, { state: 'draft', listFen: PRICE_MAX_FEN + 1 });
    expect(await publish(dear.productId)).toMatchObject({ status: 409, code: 'course.not_publishable' });
  });

  test.each<[string, Parameters<typeof givenSold>[1], () => Promise<Readonly<Record<string, unknown>>>]>([
    ['no_parts', 'bundle', async () => ({})],
    [
      'part_not_published',
      'column',
      async () => ({ parts: [(await givenCourse(world, { state: 'draft' })).productId] }),
    ],
    ['no_content', 'content', async () => ({ content: { preview: '', body: '', mediaKey: null } })],
    ['no_file', 'media', async () => ({ content: { preview: '', mediaKey: null, durationSeconds: 1 } })],
    [
      'no_duration',
      'media',
      async () => ({ content: { preview: '', mediaKey: 'a/b.mp3', durationSeconds: 0 } }),
    ],
    ['price_out_of_range', 'content', async () => ({ listFen: PRICE_MAX_FEN + 1 })],
    ['membership_terms', 'membership', async () => ({ isFreeForMembers: true })],
    [
      'part_not_published',
      'membership',
      async () => {
        const { productId } = await givenCourse(world, { state: 'draft' });
        return { plan: { period: 'year', scope: { kind: 'product', productId } } };
      },
    ],
    [
      'part_not_published',
      'membership',
      async () => {
        const productId = unknownProductId(world);
        return { plan: { period: 'year', scope: { kind: 'product', productId } } };
      },
    ],
  ])('product.not_publishable: %s, of a %s', async (reason, kind, wishes) => {
    const { id } = await givenSold(world, kind, await wishes(), 'draft');
    const before = await exported(world);
    const answer = await publish(id);
    expect(answer).toMatchObject({ status: 409, code: 'product.not_publishable' });
    expect(answer.error.params).toMatchObject({ reason });
    expect(await exported(world)).toEqual(before);
  });

  test('product.not_publishable: a file that is not there, or is not what it says; storage.unavailable', async () => {
    const files = givenFiles(world);
    const content = (mediaKey: string) => ({ content: { preview: '', mediaKey, durationSeconds: 60 } });
    const publishWith = async (mediaKey: string) =>
      publish((await givenSold(world, 'media', content(mediaKey), 'draft')).id);
    expect((await publishWith(files.good)).status).toBe(200);
    expect((await publishWith(files.missing)).error.params).toMatchObject({ reason: 'file_missing' });
    expect((await publishWith(files.forged)).error.params).toMatchObject({ reason: 'file_type' });
    files.stop();
    expect(await publishWith(files.good)).toMatchObject({ status: 503, code: 'storage.unavailable' });
  });

  test('product.not_found', async () => {
    expect(await publish(unknownProductId(world))).toMatchObject({ status: 404, code: 'product.not_found' });
  });
});
