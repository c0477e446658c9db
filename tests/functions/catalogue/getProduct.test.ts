import { getProduct } from '../../../functions/catalogue/getProduct.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse, unknownProductId } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenMember } from '../../support/given/member.ts';
import { givenSold } from '../../support/given/products.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(getProduct, () => {
  let world: World;
  let alice: Awaited<ReturnType<World['login']>>;
  const get = (id: string, options = {}) => world.call(getProduct, { id }, options);

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('a book: its terms and what everybody may read of it, and nothing of what is paid for', async () => {
    const book = await givenSold(world, 'content', { memberFen: 100, pointsPrice: 300 });
    const { body, data } = await get(book.id);
    expect(data).toMatchObject({
      kind: 'content',
      listFen: 9_900,
      memberFen: 100,
      pointsPrice: 300,
      access: { kind: 'forever' },
      refundPolicy: { windowDays: 7 },
      preview: '试读',
      hasFile: true,
      owned: null,
    });
    expect(JSON.stringify(body)).not.toMatch(/付费的正文|book\.epub|draftDigest/);
  });

  test('a bundle shows what is in it; who has it may use the parts, and who has a part has no bundle', async () => {
    const course = await givenCourse(world);
    const book = await givenSold(world, 'content');
    const bundle = await givenSold(world, 'bundle', { parts: [course.productId, book.id] });
    expect((await get(bundle.id)).data.parts.map(({ id }) => id)).toEqual([course.productId, book.id]);
    await givenAccess(world, alice.userId, book.id);
    expect((await get(bundle.id, alice)).data.owned).toEqual({
      isOwned: false,
      isTrial: false,
      untilAtMs: null,
      mayBuy: true,
    });
    const bob = await world.login('bob');
    await givenAccess(world, bob.userId, bundle.id);
    for (const id of [bundle.id, book.id, course.productId]) {
      expect((await get(id, bob)).data.owned).toEqual({
        isOwned: true,
        isTrial: false,
        untilAtMs: null,
        mayBuy: false,
      });
    }
  });

  test('a member may use what is free for members, until the membership ends; the membership can be had again', async () => {
    const plan = await givenSold(world, 'membership');
    const free = await givenSold(world, 'media', { isFreeForMembers: true });
    const dear = await givenSold(world, 'media');
    const untilAtMs = await givenMember(world, alice.userId);
    expect((await get(free.id, alice)).data.owned).toEqual({
      isOwned: true,
      isTrial: false,
      untilAtMs,
      mayBuy: true,
    });
    expect((await get(dear.id, alice)).data.owned).toEqual({
      isOwned: false,
      isTrial: false,
      untilAtMs: null,
      mayBuy: true,
    });
    expect((await get(plan.id, alice)).data.owned).toEqual({
      isOwned: false,
      isTrial: false,
      untilAtMs: null,
      mayBuy: true,
    });
    world.clock.advance(untilAtMs - world.clock.now());
    alice = await world.login('alice');
    expect((await get(free.id, alice)).data.owned).toEqual({
      isOwned: false,
      isTrial: false,
      untilAtMs: null,
      mayBuy: true,
    });
  });

  test('product.not_found: a draft, and what was withdrawn, the same as what does not exist', async () => {
    const unknown = await get(unknownProductId(world), alice);
    expect(unknown).toMatchObject({ status: 404, code: 'product.not_found' });
    for (const state of ['draft', 'withdrawn'] as const) {
      const { id } = await givenSold(world, 'content', {}, state);
      expect((await get(id, alice)).error).toEqual(unknown.error);
    }
  });
});
