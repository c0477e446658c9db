import { createProduct } from '../../../../functions/admin/catalogue/createProduct.ts';
import { getProduct } from '../../../../functions/catalogue/getProduct.ts';
import { Role } from '../../../../shared/schemas/identity/user.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenCourse, unknownProductId } from '../../../support/given/course.ts';
import { exported } from '../../../support/given/export.ts';
import { aProductDraft, givenSold } from '../../../support/given/products.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(createProduct, () => {
  let world: World;
  let editor: Staff;
  const create = (product: unknown) => world.call(createProduct, { product }, editor);

  beforeEach(async () => {
    world = await createWorld();
    editor = await givenStaff(world, 'editor');
  });
  afterEach(() => world.close());

  test.each(['membership', 'content', 'media', 'bundle', 'column'] as const)(
    'a %s is a draft with the plain terms, which nobody but staff can see, and it is audited once',
    async (kind) => {
      const draft = aProductDraft(world, kind);
      const { status, data } = await create(draft);
      expect(status).toBe(200);
      expect(data.product).toMatchObject({ id: draft.id, kind, state: 'draft', version: 1, memberFen: null });
      expect(await world.call(getProduct, { id: draft.id })).toMatchObject({ code: 'product.not_found' });
      const before = await exported(world);
      expect((await create(draft)).data).toEqual(data);
      expect(await exported(world)).toEqual(before);
      expect(before.filter(({ collection }) => collection === 'audit')).toMatchObject([
        { id: `product.create:${draft.id}` },
      ]);
    },
  );

  test('category.not_found: a product needs an existing category', async () => {
    const before = await exported(world);
    const answer = await create(aProductDraft(world, 'content', { category: 'nowhere' }));
    expect(answer).toMatchObject({ status: 404, code: 'category.not_found' });
    expect(await exported(world)).toEqual(before);
  });

  test('terms that are given are kept: member price, limited price, points, policy, time of sale', async () => {
    const terms = {
      memberFen: 4_900,
      isFreeForMembers: true,
      pointsPrice: 500,
      limited: { priceFen: 5_900, fromAtMs: 1, untilAtMs: 2 },
      refundPolicy: {
        windowDays: 3,
        tiers: [{ progressMax: 100, share: 10_000 }],
        isVoidAfterDownload: false,
      },
      saleFromAtMs: 1,
      saleUntilAtMs: 9,
    };
    expect((await create(aProductDraft(world, 'content', terms))).data.product).toMatchObject(terms);
  });

  test('a bundle and its parts know of each other, and it has as many lessons as they have', async () => {
    const course = await givenCourse(world);
    const book = await givenSold(world, 'content');
    const draft = aProductDraft(world, 'bundle', { parts: [course.productId, book.id] });
    const { data } = await create(draft);
    expect(data.product).toMatchObject({ parts: [course.productId, book.id], lessonCount: 4 });
    const parts = (await exported(world)).filter(
      ({ collection, id }) => collection === 'products' && id !== draft.id,
    );
    expect(parts).toMatchObject([{ doc: { partOf: [draft.id] } }, { doc: { partOf: [draft.id] } }]);
  });

  test('fifty parts are one transaction', async () => {
    const parts: string[] = [];
    for (let count = 0; count < 50; count += 1) parts.push((await givenCourse(world)).productId);
    expect((await create(aProductDraft(world, 'column', { parts }))).data.product.parts).toEqual(parts);
  });

  test.each([
    ['part_unknown', async () => unknownProductId(world)],
    ['part_kind', async () => (await givenSold(world, 'membership')).id],
  ])('product.change_refused: %s changes nothing', async (reason, part) => {
    const draft = aProductDraft(world, 'bundle', { parts: [await part()] });
    const before = await exported(world);
    const answer = await create(draft);
    expect(answer).toMatchObject({ status: 409, code: 'product.change_refused' });
    expect(answer.error.params).toMatchObject({ reason });
    expect(await exported(world)).toEqual(before);
  });

  test('product.id_taken: the same id with another content, or of a course', async () => {
    const draft = aProductDraft(world, 'content');
    await create(draft);
    expect(await create({ ...draft, title: '别的' })).toMatchObject({
      status: 409,
      code: 'product.id_taken',
    });
    const { productId } = await givenCourse(world);
    expect(await create({ ...draft, id: productId })).toMatchObject({ code: 'product.id_taken' });
  });

  test('request.invalid: a field of another kind, a part twice', async () => {
    for (const wishes of [
      { plan: { period: 'month', scope: { kind: 'platform' } } },
      { parts: [] },
      { state: 'published' },
      { listFen: -1 },
    ]) {
      expect(await create(aProductDraft(world, 'content', wishes))).toMatchObject({
        code: 'request.invalid',
      });
    }
    const { productId } = await givenCourse(world);
    const twice = aProductDraft(world, 'bundle', { parts: [productId, productId] });
    expect(await create(twice)).toMatchObject({ code: 'request.invalid' });
  });

  test.each(Role.options.filter((role) => role !== 'editor' && role !== 'admin'))(
    'auth.forbidden: for %s',
    async (role) => {
      const other = await givenStaff(world, role);
      const answer = await world.call(createProduct, { product: aProductDraft(world, 'media') }, other);
      expect(answer).toMatchObject({ status: 403, code: 'auth.forbidden' });
    },
  );
});
