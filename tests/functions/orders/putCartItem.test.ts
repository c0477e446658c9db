import { getCart } from '../../../functions/orders/getCart.ts';
import { putCartItem } from '../../../functions/orders/putCartItem.ts';
import { LINES_MAX } from '../../../shared/schemas/orders/order.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse, givenProductChange, unknownProductId } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { exported } from '../../support/given/export.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Awaited<ReturnType<World['login']>>;

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
});
afterEach(() => world.close());

const put = (productId: string, buyer = alice) => world.call(putCartItem, { productId }, buyer);
const look = async (buyer = alice) => (await world.call(getCart, {}, buyer)).data;

describeFunction(putCartItem, () => {
  test('a product is put in once, however often', async () => {
    const { productId, product } = await givenCourse(world, { listFen: 12_300 });
    const first = await put(productId);
    expect(first.data).toEqual({
      items: [
        {
          productId,
          title: product.title,
          coverUrl: product.coverUrl,
          listFen: 12_300,
          price: { priceFen: 12_300, source: 'list', ownedFen: 0 },
          isOnSale: true,
          isOwned: false,
          untilAtMs: null,
          isInBundle: false,
          addedAtMs: world.clock.now(),
        },
      ],
      listTotalFen: 12_300,
      totalFen: 12_300,
      applied: [],
    });
    const before = await exported(world);
    world.clock.advance(1_000);
    expect((await put(productId)).data).toEqual(first.data);
    expect(await exported(world)).toEqual(before);
  });

  test('a product in the cart can be put in again although it was withdrawn meanwhile', async () => {
    const { productId } = await givenCourse(world);
    await put(productId);
    await givenProductChange(world, productId, { state: 'withdrawn' });
    const again = await put(productId);
    expect(again.data.items.map(({ isOnSale }) => isOnSale)).toEqual([false]);
  });

  test('eight put in at the same moment are all in it', async () => {
    const given = [];
    for (let count = 0; count < 8; count += 1) given.push(await givenCourse(world));
    await Promise.all(given.map(({ productId }) => put(productId)));
    const { items } = await look();
    expect(items.map(({ productId }) => productId).sort()).toEqual(
      given.map(({ productId }) => productId).sort(),
    );
  });

  test(`cart.full: the ${LINES_MAX + 1}st is refused, and what is in it can still be put in again`, async () => {
    for (let count = 0; count < LINES_MAX; count += 1) await put((await givenCourse(world)).productId);
    const before = await look();
    const { productId } = await givenCourse(world);
    const refused = await put(productId);
    expect(refused).toMatchObject({ status: 409, code: 'cart.full' });
    expect(refused.error.params).toEqual({ itemsMax: LINES_MAX });
    expect(await look()).toEqual(before);
    expect((await put(before.items[0]?.productId ?? '')).status).toBe(200);
  });

  test.each(['draft', 'withdrawn'] as const)('product.not_found: one that is %s', async (state) => {
    const { productId } = await givenCourse(world, { state });
    const answer = await put(productId);
    expect(answer).toMatchObject({ status: 404, code: 'product.not_found' });
    expect(answer.error.params).toEqual({ productId });
    expect((await look()).items).toEqual([]);
  });

  test('product.not_found: one that does not exist', async () => {
    expect(await put(unknownProductId(world))).toMatchObject({ status: 404, code: 'product.not_found' });
  });

  test('product.already_owned: what is had for ever; what ends can be bought again, and says until when it is had', async () => {
    const [forever, ending] = [await givenCourse(world), await givenCourse(world)];
    await givenAccess(world, alice.userId, forever.productId);
    const refused = await put(forever.productId);
    expect(refused).toMatchObject({ status: 409, code: 'product.already_owned' });
    const { productId } = forever;
    expect(refused.error.params).toEqual({ productId, productIds: [productId], untilAtMs: null });
    await givenAccess(world, alice.userId, ending.productId, { kind: 'days', days: 1 });
    const untilAtMs = world.clock.now() + 86_400_000;
    expect((await put(ending.productId)).data.items).toMatchObject([{ isOwned: false, untilAtMs }]);
  });

  test.each([
    ['a price', { listFen: 1 }],
    ['a quantity', { quantity: 2 }],
    ['another user', { userId: 'usr_01JD0000000000000000000001' }],
  ])('request.invalid, and nothing changes: %s sent along', async (_, extra) => {
    const { productId } = await givenCourse(world);
    const answer = await world.call(putCartItem, { productId, ...extra }, alice);
    expect(answer).toMatchObject({ status: 400, code: 'request.invalid' });
    expect((await look()).items).toEqual([]);
  });
});
