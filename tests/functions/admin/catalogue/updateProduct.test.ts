import { createProduct } from '../../../../functions/admin/catalogue/createProduct.ts';
import { updateProduct } from '../../../../functions/admin/catalogue/updateProduct.ts';
import { getProduct } from '../../../../functions/catalogue/getProduct.ts';
import * as products from '../../../../shared/data/catalogue/products.ts';
import { PRICE_MAX_FEN } from '../../../../shared/domain/catalogue/product.ts';
import type { ProductId } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenCourse, givenProduct, unknownProductId } from '../../../support/given/course.ts';
import { NOTHING_ALONE } from '../../../support/given/dailyValue.ts';
import { exported } from '../../../support/given/export.ts';
import { givenFiles } from '../../../support/given/files.ts';
import { badWorld, stored } from '../../../support/given/order.ts';
import { aProductDraft, givenSold } from '../../../support/given/products.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(updateProduct, () => {
  let world: World;
  let editor: Staff;
  const update = (id: string, expectedVersion: number, change: object) =>
    world.call(updateProduct, { id, expectedVersion, change, reason: '改价' }, editor);
  const partOf = async (id: ProductId) => (await stored(world, products.collection, id)).partOf;

  beforeEach(async () => {
    world = await createWorld();
    editor = await givenStaff(world, 'editor');
  });
  afterEach(() => world.close());

  test('the named fields change at once for everybody, and no others do', async () => {
    const book = await givenSold(world, 'content');
    await world.call(getProduct, { id: book.id });
    const change = { title: '新书名', memberFen: 100, content: { body: '新的正文' } };
    const { data } = await update(book.id, 2, change);
    expect(data.product).toEqual({
      ...book,
      title: '新书名',
      memberFen: 100,
      version: 3,
      updatedAtMs: world.clock.now(),
      content: { preview: '试读', body: '新的正文', mediaKey: 'books/book.epub', durationSeconds: 0 },
    });
    expect((await world.call(getProduct, { id: book.id })).data.title).toBe('新书名');
    const [entry] = (await exported(world)).filter(({ id }) => id === `product.update:${book.id}:3`);
    expect(entry?.doc).toMatchObject({
      reason: '改价',
      before: { memberFen: null },
      after: { memberFen: 100 },
    });
  });

  test('the same change again, as after a lost answer, is answered and changes nothing', async () => {
    const book = await givenSold(world, 'content');
    const change = { listFen: 5_000, tags: ['书'], content: { preview: '新试读' } };
    const { data } = await update(book.id, 2, change);
    const before = await exported(world);
    expect((await update(book.id, 2, change)).data).toEqual(data);
    expect(await exported(world)).toEqual(before);
  });

  test('staff.second_person_needed: a cut of a price that is on sale above the day’s limit changes nothing', async () => {
    await world.close();
    world = await createWorld(NOTHING_ALONE);
    editor = await givenStaff(world, 'editor');
    const book = await givenSold(world, 'content');
    const cut = { listFen: Math.floor(book.listFen / 2) };
    expect((await update(book.id, 2, cut)).error).toMatchObject({
      code: 'staff.second_person_needed',
      params: { kind: 'priceCut' },
    });
    expect(await stored(world, products.collection, book.id)).toMatchObject({ version: 2 });
    expect((await update(book.id, 2, { listFen: book.listFen + 1 })).status).toBe(200);
  });

  test('staff.second_person_needed: parts that come into a bundle on sale count, and longer access does', async () => {
    await world.close();
    world = await createWorld(NOTHING_ALONE);
    editor = await givenStaff(world, 'editor');
    const [first, second] = [await givenCourse(world), await givenCourse(world)];
    const bundle = await givenSold(world, 'bundle', { parts: [first.productId] });
    const parts = [first.productId, second.productId];
    expect((await update(bundle.id, 2, { parts })).error).toMatchObject({
      code: 'staff.second_person_needed',
      params: { kind: 'priceCut', value: 5_000 },
    });
    expect(await stored(world, products.collection, bundle.id)).toMatchObject({
      ...{ version: 2, parts: [first.productId] },
    });
    expect((await update(bundle.id, 2, { parts, listFen: 19_800 })).status).toBe(200);
    const book = await givenSold(world, 'content', { access: { kind: 'days', days: 10 } });
    const longer = { access: { kind: 'days', days: 40 } };
    expect((await update(book.id, 2, longer)).error.params).toMatchObject({ kind: 'priceCut', value: 7_500 });
  });

  test('request.invalid: a reason is needed, without control characters', async () => {
    const book = await givenSold(world, 'content');
    for (const reason of [null, '', 'a\u0000b', 'a\u202eb', 'a\ud800b']) {
      const asked = { id: book.id, expectedVersion: 2, change: { title: '新' }, reason };
      expect(await world.call(updateProduct, asked, editor)).toMatchObject({ code: 'request.invalid' });
    }
  });

  test('two at once: one of them wins, and is not overwritten', async () => {
    const book = await givenSold(world, 'content');
    const answers = await Promise.all([
      update(book.id, 2, { title: '甲' }),
      update(book.id, 2, { title: '乙' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test('on a database that conflicts and loses the answers to its commits it changes once', async () => {
    await world.close();
    world = await badWorld(3, { conflict: 0.3, commitLost: 0.3 });
    editor = await givenStaff(world, 'editor');
    const { id: productId } = await givenProduct(world);
    const draft = aProductDraft(world, 'bundle');
    await world.call(createProduct, { product: draft }, editor);
    const { data } = await update(draft.id, 1, { parts: [productId], title: '合集' });
    expect(data.product).toMatchObject({ version: 2, title: '合集', lessonCount: 3 });
    expect(await partOf(productId)).toEqual([draft.id]);
  });

  test('a part comes into a column on sale, and one leaves a draft: both sides know', async () => {
    const [first, second] = [await givenCourse(world), await givenCourse(world)];
    const column = await givenSold(world, 'column', { parts: [first.productId] });
    const parts = [first.productId, second.productId];
    expect((await update(column.id, 2, { parts })).data.product).toMatchObject({ parts, lessonCount: 6 });
    expect(await partOf(second.productId)).toEqual([column.id]);
    const draft = await givenSold(world, 'bundle', { parts }, 'draft');
    await update(draft.id, 1, { parts: [second.productId] });
    expect(await partOf(first.productId)).toEqual([column.id]);
  });

  test.each<[string, () => Promise<readonly [string, object]>]>([
    [
      'last_part',
      async () => {
        const { productId } = await givenCourse(world);
        return [(await givenSold(world, 'bundle', { parts: [productId] })).id, { parts: [] }];
      },
    ],
    [
      'part_not_published',
      async () => {
        const { productId } = await givenCourse(world);
        const draft = await givenCourse(world, { state: 'draft' });
        const bundle = await givenSold(world, 'bundle', { parts: [productId] });
        return [bundle.id, { parts: [productId, draft.productId] }];
      },
    ],
    [
      'no_parts',
      async () => [(await givenSold(world, 'media')).id, { parts: [(await givenCourse(world)).productId] }],
    ],
    ['no_content', async () => [(await givenSold(world, 'membership')).id, { content: { body: '?' } }]],
    [
      'no_access',
      async () => [(await givenSold(world, 'membership')).id, { access: { kind: 'days', days: 3 } }],
    ],
    ['no_duration', async () => [(await givenSold(world, 'media')).id, { content: { durationSeconds: 0 } }]],
    ['no_file', async () => [(await givenSold(world, 'media')).id, { content: { mediaKey: null } }]],
    [
      'price_out_of_range',
      async () => [(await givenSold(world, 'media')).id, { listFen: PRICE_MAX_FEN + 1 }],
    ],
    ['member_price', async () => [(await givenSold(world, 'media')).id, { memberFen: 9_900 }]],
    [
      'limited_price',
      async () => [
        (await givenSold(world, 'media')).id,
        { limited: { priceFen: 10_000, fromAtMs: 1, untilAtMs: 2 } },
      ],
    ],
    [
      'sale_window',
      async () => [(await givenSold(world, 'media')).id, { saleFromAtMs: 9, saleUntilAtMs: 9 }],
    ],
    ['membership_terms', async () => [(await givenSold(world, 'membership')).id, { listFen: 0 }]],
    ['membership_terms', async () => [(await givenSold(world, 'membership')).id, { memberFen: 0 }]],
  ])('product.change_refused: %s changes nothing', async (reason, given) => {
    const [id, change] = await given();
    const before = await exported(world);
    const answer = await update(id, 2, change);
    expect(answer).toMatchObject({ status: 409, code: 'product.change_refused' });
    expect(answer.error.params).toMatchObject({ reason });
    expect(await exported(world)).toEqual(before);
  });

  test('category.not_found: a product can be moved only into an existing category', async () => {
    const { id } = await givenSold(world, 'media');
    const before = await exported(world);
    expect(await update(id, 2, { category: 'nowhere' })).toMatchObject({ code: 'category.not_found' });
    expect(await exported(world)).toEqual(before);
    expect((await update(id, 2, { category: 'life' })).data.product.category).toBe('life');
  });

  test('product.version_changed: somebody else was faster', async () => {
    const book = await givenSold(world, 'content');
    await update(book.id, 2, { title: '甲' });
    expect(await update(book.id, 2, { title: '乙' })).toMatchObject({
      status: 409,
      code: 'product.version_changed',
    });
    expect(await update(book.id, 9, { title: '乙' })).toMatchObject({ code: 'product.version_changed' });
  });

  test('product.change_refused: a file or a cover of ours that is not there; storage.unavailable', async () => {
    const files = givenFiles(world);
    const { id } = await givenSold(world, 'media');
    const mend = (mediaKey: string) => update(id, 2, { content: { mediaKey } });
    expect((await mend(files.missing)).error.params).toMatchObject({ reason: 'file_missing' });
    const coverUrl = world.ports.files.publicUrl(files.good.replace('media/', 'covers/'));
    expect((await update(id, 2, { coverUrl })).error.params).toMatchObject({ reason: 'file_missing' });
    expect((await update(id, 2, { coverUrl: 'https://static.zhike.example/other.jpg' })).status).toBe(200);
    files.stop();
    expect(await mend(files.good)).toMatchObject({ status: 503, code: 'storage.unavailable' });
  });

  test('product.not_found', async () => {
    expect(await update(unknownProductId(world), 1, {})).toMatchObject({
      status: 404,
      code: 'product.not_found',
    });
  });
});
